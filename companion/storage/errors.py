"""Errors whose text is a sentence for whoever runs Companion: what is wrong, and what to do."""

from __future__ import annotations


class CompanionError(Exception):
    """Something that its reader can act on. ``str(error)`` is one or two plain sentences, without secrets."""


class StorageError(CompanionError):
    """The database cannot be opened, read or written."""


class NotFoundError(CompanionError):
    """What was asked for by name or id is not stored, or not for this server."""
