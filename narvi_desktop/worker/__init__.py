"""What runs beside app code: the services object, its callbacks and the link to the runtime.

Standard library only and Python 3.9, because an app's own interpreter, in which nothing of ours is
installed, runs this folder too.
"""

from .services import WebAppServices

__all__ = ["WebAppServices"]
