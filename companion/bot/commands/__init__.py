"""The commands of the command line, by subject. Each is thin: it parses, calls a floor below, and prints."""
