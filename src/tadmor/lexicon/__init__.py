"""Typed loaders of the knowledge under ``data/``."""
