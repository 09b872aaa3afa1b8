"""Where older programs import `NarviServer` from."""

from .narvi_server import NarviServer

__all__ = ["NarviServer"]
