"""The names of Narvi that programs import, on the server of narvi-desktop."""

__version__ = "0.0.6"  # of the Narvi whose behaviour this follows
