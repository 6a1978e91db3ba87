"""Names of settings and aligners, for who lists them without loading what they stand for."""

__all__ = ["ALIGNER_NAMES", "DEFAULT_ALIGNERS", "SETTING_NAMES"]

SETTING_NAMES = ("easy", "hard", "verse")
ALIGNER_NAMES = ("notes", "frames", "thesis", "synctoolbox")
DEFAULT_ALIGNERS = ("notes", "frames", "thesis")
