"""The size of a PNG, from its header (PNG specification, 11.2.2)."""

from __future__ import annotations

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels. Raises OSError for data that is no PNG."""
    if not data.startswith(_SIGNATURE) or len(data) < 24:
        raise OSError("the icon is not a PNG")
    width, height = (int.from_bytes(data[offset : offset + 4], "big") for offset in (16, 20))
    return width, height
