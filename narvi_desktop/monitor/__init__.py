"""What runs, live: measured, as plain data, and drawn in the terminal."""
