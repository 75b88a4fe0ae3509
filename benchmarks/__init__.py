"""Speed and retrieval quality, measured on material that stands beside the repository."""

import companion

__all__ = ["companion"]
"""Imported before numpy, which it sets up as in the product."""
