"""Text as the store compares it."""

from __future__ import annotations

import unicodedata


def well_formed(text: str) -> str:
    """Join surrogate pairs, and replace halves without a partner, which UTF-8 cannot hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def fold(text: str) -> str:
    """Return what is equal for all ways to write the same: upper or lower case, composed or not, wide or narrow."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # Turkish: casefold leaves the dot of a capital i behind, and keeps the i without a dot.
    return folded.replace("i\u0307", "i").replace("\u0131", "i")
