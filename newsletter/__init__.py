"""Compose a weekly newsletter from article records and send it, with an account of every single delivery."""

__version__ = "0.1.0"
