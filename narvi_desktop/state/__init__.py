"""Files in the user's folders that both the command line and the runtime read."""
