"""Evaluation of alignments: how far they are from what is known to be right."""
