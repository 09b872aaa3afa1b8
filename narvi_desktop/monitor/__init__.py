"""The monitor in the terminal, and the measuring of processes: usage, snapshots as plain data, rendering, keys."""
