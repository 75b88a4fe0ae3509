"""What runs: command line, configuration, client, sandbox."""
