"""Companion: a Discord bot that gives a podcast community its memory."""

__version__ = "0.1.0"
