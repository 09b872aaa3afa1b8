"""The size of an icon."""

from __future__ import annotations

import pytest

from narvi_desktop.integration.entry import own_icon
from narvi_desktop.integration.png import png_size


def test_the_size_is_in_the_header() -> None:
    width, height = png_size(own_icon().read_bytes())
    assert width == height >= 256


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_png(data: bytes) -> None:
    with pytest.raises(OSError, match="not a PNG"):
        png_size(data)
