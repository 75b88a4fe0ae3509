"""Speed and retrieval quality, measured on material that stands beside the repository."""
