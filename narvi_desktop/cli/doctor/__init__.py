"""Check this installation, and report what is wrong and how to fix it."""
