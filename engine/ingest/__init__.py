"""Bringing files into the database."""
