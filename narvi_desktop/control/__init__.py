"""What the command line and the runtime say to each other: commands, requests, answers and errors."""
