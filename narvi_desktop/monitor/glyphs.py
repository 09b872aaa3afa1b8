"""Format numbers, states and series for a terminal, with or without block characters."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Sequence
from dataclasses import dataclass

# A word and a symbol for each state; colour only adds to them.
STATES = {
    "running": ("●", "*", "green"),
    "idle": ("○", "o", "dim"),
    "starting": ("◌", ".", "cyan"),
    "stopping": ("◌", ".", "cyan"),
    "stuck": ("▲", "!", "bold yellow"),
    "restarting": ("↻", "~", "yellow"),
    "failed": ("✗", "x", "bold red"),
}


@dataclass(frozen=True)
class Glyphs:
    """The characters to draw with, as far as the terminal's encoding has them."""

    blocks: bool

    @classmethod
    def of_encoding(cls, encoding: str) -> Glyphs:
        try:
            "▁█●✗↻–…".encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return cls(False)
        return cls(True)

    @property
    def levels(self) -> str:
        return "▁▂▃▄▅▆▇█" if self.blocks else "_.-:=+*#"

    @property
    def line(self) -> str:
        return "─" if self.blocks else "-"

    @property
    def pointer(self) -> str:
        return "▸" if self.blocks else ">"

    @property
    def nothing(self) -> str:
        return "–" if self.blocks else "-"

    def state(self, state: str) -> tuple[str, str]:
        """Return the symbol and the word of a state, and its style."""
        symbol, plain, style = STATES.get(state, ("?", "?", ""))
        return f"{symbol if self.blocks else plain} {state}", style

    def sparkline(self, values: Sequence[float], width: int, low: float | None, high: float | None) -> str:
        """Draw the last `width` values between low and high; by default between 0 and the largest value."""
        recent = list(values[-width:])
        if not recent or width <= 0:
            return ""
        bottom = min(0.0, *recent) if low is None else low
        top = max(recent) if high is None else high
        span = top - bottom
        last = len(self.levels) - 1
        return "".join(
            self.levels[0 if span <= 0 else max(0, min(last, int((value - bottom) / span * last + 0.5)))]
            for value in recent
        )

    def bar(self, value: float, width: int, low: float, high: float) -> str:
        """Draw a value between low and high as a bar."""
        part = 0.0 if high <= low else max(0.0, min(1.0, (value - low) / (high - low)))
        full = int(part * width + 0.5)
        return ("█" if self.blocks else "#") * full + ("░" if self.blocks else ".") * (width - full)


def duration(seconds: float) -> str:
    """Format seconds in the two largest units: 45s, 3m 12s, 2h 05m, 4d 03h."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    if whole < 86_400:
        return f"{whole // 3600}h {whole % 3600 // 60:02}m"
    return f"{whole // 86_400}d {whole % 86_400 // 3600:02}h"


def quick(seconds: float) -> str:
    """Format a short time, such as that of a callback."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f}us"
    return f"{seconds * 1e3:.1f}ms" if seconds < 1 else f"{seconds:.1f}s"


def size(count: float) -> str:
    """Format a number of bytes in powers of 1024."""
    for unit in ("B", "K", "M", "G"):
        if count < 1000 or unit == "G":
            return f"{count:.0f}{unit}" if unit == "B" or count >= 10 else f"{count:.1f}{unit}"
        count /= 1024
    return ""


def number(value: float) -> str:
    """Format a number so that it fits into a column."""
    if value == int(value) and abs(value) < 100_000:
        return str(int(value))
    return f"{value:.1f}" if abs(value) < 1000 else f"{value:.3g}"


def colour(text: object) -> str:
    """Return the terminal style of a CSS colour that an app has named; "" for what is no colour."""
    if not isinstance(text, str):
        return ""
    text = text.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{6}([0-9a-f]{2})?", text):
        return text[:7]
    if re.fullmatch(r"#[0-9a-f]{3,4}", text):
        return "#" + "".join(2 * digit for digit in text[1:4])
    numbers = re.findall(r"-?\d+(?:\.\d+)?", text)[:3]
    if re.fullmatch(r"rgba?\([^()]*\)", text) and len(numbers) == 3:
        full_scale = 100 if "%" in text else 255
        return _hex(*(float(part) * 255 / full_scale for part in numbers))
    if re.fullmatch(r"hsla?\([^()]*\)", text) and len(numbers) == 3:
        hue, saturation, light = (float(part) for part in numbers)
        parts = colorsys.hls_to_rgb(hue % 360 / 360, min(light / 100, 1), min(max(saturation / 100, 0), 1))
        return _hex(*(part * 255 for part in parts))
    if text == "rebeccapurple":
        return "#663399"  # the one name that CSS has since gained
    import webcolors  # late: only an app that names a colour needs the table

    try:
        return str(webcolors.name_to_hex(text))
    except ValueError:
        return ""


def _hex(*parts: float) -> str:
    return "#" + "".join(f"{max(0, min(255, round(part))):02x}" for part in parts)
