"""MIDI files compared with each other: what resembles one, and which are versions of one piece."""
