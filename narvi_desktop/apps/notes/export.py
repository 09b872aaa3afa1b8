"""The notes as zip files, each small enough for one answer of the runtime."""

from __future__ import annotations

import io
import re
import zipfile
from typing import NamedTuple

from store import Store

PART_BYTES = 48 * 1024 * 1024  # before compression; an answer may have 64 MiB


class Entry(NamedTuple):
    """A file of the export."""

    name: str
    kind: str  # "note" or "image"
    key: str
    size: int


def parts(store: Store) -> list[list[Entry]]:
    """Divide the notes and the images that they show into zip files; there is at least one, which may be empty."""
    found: list[list[Entry]] = [[]]
    size = 0
    for entry in _entries(store):
        if found[-1] and size + entry.size > PART_BYTES:
            found.append([])
            size = 0
        found[-1].append(entry)
        size += entry.size
    return found


def archive(store: Store, entries: list[Entry]) -> bytes:
    """Make the zip file of one part."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in entries:
            if entry.kind == "note":
                made.writestr(entry.name, store.text(entry.key))
            elif (image := store.image(entry.key)) is not None:
                made.writestr(entry.name, image[1], zipfile.ZIP_STORED)  # compressed already
    return buffer.getvalue()


def _entries(store: Store) -> list[Entry]:
    taken: set[str] = set()
    entries = [Entry(_file_name(title, taken), "note", note, size) for note, title, size in store.sizes()]
    return entries + [Entry("image/" + name, "image", name, size) for name, size in store.shown_images()]


def _file_name(title: str, taken: set[str]) -> str:
    name = base = " ".join(re.sub(r"[^\w -]", " ", title).split())[:60].strip() or "note"
    count = 1
    while name.lower() in taken:
        count += 1
        name = f"{base} {count}"
    taken.add(name.lower())
    return name + ".md"
