"""Names of the baselines for labelled windows, for those who only need to name them."""

__all__ = ["FRAME_METHODS"]

FRAME_METHODS = ("ridge", "ridge-fft", "log-spectrogram", "convolutional")
