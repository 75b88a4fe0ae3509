"""Transcripts in whatever shape they come: the convention decided by evidence, the words kept, the times mended."""
