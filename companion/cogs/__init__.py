"""What Discord shows: one thin cog a feature. A cog parses, defers, calls a floor below, renders."""
