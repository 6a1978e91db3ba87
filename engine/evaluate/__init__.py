"""Evaluation: how well methods of matching find what is known to be right."""
