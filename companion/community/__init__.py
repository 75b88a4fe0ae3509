"""What members do with the archive: whose search it was, who may see what."""
