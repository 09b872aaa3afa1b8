"""Make foreign text safe to print: no control character of it reaches a terminal, a file or a window's frame."""

from __future__ import annotations

import unicodedata


def escape_control_chars(text: str, keep: str = "\n\t") -> str:
    r"""Write control characters and others that are not printable as escapes such as \x1b."""
    if text.isprintable():
        return text
    return "".join(char if _is_plain(char) or char in keep else repr(char)[1:-1] for char in text)


def replace_control_chars(text: str, replacement: str = " ") -> str:
    """Replace what is not printable, line ends too."""
    return "".join(char if char.isprintable() else replacement for char in text)


def _is_plain(char: str) -> bool:
    # Spaces of other scripts are not printable to Python, and do no harm.
    return char.isprintable() or unicodedata.category(char) == "Zs"
