"""The command line's process: parse arguments, ask the runtime, print the answer."""
