"""The commands of the control API."""
