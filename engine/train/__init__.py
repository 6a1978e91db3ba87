"""Training networks from MIDI files alone."""
