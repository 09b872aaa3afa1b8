"""Where programs import `NarviServer` from. Not in worker processes: a server runs in a program of its own."""

from narvi_desktop import NarviServer

__all__ = ["NarviServer"]
