"""The front door: the names an app or an embedding program uses; importing it loads nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narvi_desktop.embedding import NarviServer
    from narvi_desktop.worker import WebAppServices

__all__ = ["NarviServer", "WebAppServices", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # Late, so that the command line starts without the code that runs beside apps.
    if name == "WebAppServices":
        from narvi_desktop.worker import WebAppServices

        globals()[name] = WebAppServices  # found at once from now on
        return WebAppServices
    if name == "NarviServer":
        from narvi_desktop.embedding import NarviServer

        globals()[name] = NarviServer
        return NarviServer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
