"""The embedding API: a program serves its own apps, as with Narvi's `NarviServer`.

A part of its own, beside runtime/: its code runs in the process of somebody else's program, with that program's
threads, output and signals, and imports of ours only server/ and worker/.
"""

from .narvi_server import NarviServer, ServiceHandle

__all__ = ["NarviServer", "ServiceHandle"]
