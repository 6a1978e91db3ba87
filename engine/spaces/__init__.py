"""Vectors of other systems beside ours: brought in, searched, given out."""
