"""What was said: feeds, transcripts, passages, embeddings, search."""
