"""The runtime: the one process per user that serves the apps."""
