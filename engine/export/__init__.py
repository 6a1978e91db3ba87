"""Data sets of what has been matched, in the formats that other programs read."""
