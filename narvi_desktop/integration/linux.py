"""The menu of Linux desktops: .desktop entries, hicolor icons, and the handler of an address scheme.

Sources: freedesktop.org's Desktop Entry, Icon Theme and MIME Applications specifications.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from narvi_desktop.state.files import replace_file
from narvi_desktop.text import replace_control_chars

from .entry import OWN_NAME, SCHEME, Entry
from .png import png_size

_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_MIME = f"x-scheme-handler/{SCHEME}"


class LinuxMenu:
    """Files below XDG_DATA_HOME and XDG_CONFIG_HOME, of this user alone."""

    def __init__(self) -> None:
        self._data = _home("XDG_DATA_HOME", ".local/share")
        self._handlers = _home("XDG_CONFIG_HOME", ".config") / "mimeapps.list"
        self._applications = self._data / "applications"

    def add(self, entry: Entry) -> Path:
        self._remove_icons(entry.name)
        icon = self._put_icon(entry)
        file = self._applications / f"{entry.name}.desktop"
        _write(file, desktop_entry(entry, icon))
        if entry.handles_links:
            self._set_handler(file.name)
        self._refresh()
        return file

    def remove(self, name: str) -> bool:
        file = self._applications / f"{name}.desktop"
        known = file.exists()
        file.unlink(missing_ok=True)
        self._remove_icons(name)
        self._drop_handler(file.name)
        self._refresh()
        return known

    def names(self) -> list[str]:
        return sorted(file.stem for file in self._applications.glob(f"{OWN_NAME}*.desktop"))

    def _put_icon(self, entry: Entry) -> str:
        """Copy the icon to where desktops look for it; return its name."""
        vector = entry.icon.suffix.lower() == ".svg"
        size = "scalable" if vector else _size_folder(entry.icon)
        folder = self._data / "icons" / "hicolor" / size / "apps"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(entry.icon, folder / f"{entry.name}{'.svg' if vector else '.png'}")
        return entry.name

    def _remove_icons(self, name: str) -> None:
        for file in (self._data / "icons" / "hicolor").glob(f"*/apps/{name}.*"):
            if file.stem == name:
                file.unlink()

    def _set_handler(self, file: str) -> None:
        """Make it the default in mimeapps.list, whose other lines stay as they are."""
        lines = self._other_handlers()
        head = "[Default Applications]"
        if head not in lines:
            lines += [head]
        lines.insert(lines.index(head) + 1, f"{_MIME}={file}")
        _write(self._handlers, "\n".join(lines) + "\n")

    def _drop_handler(self, file: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            if f"{_MIME}={file}" in self._handlers.read_text(encoding="utf-8"):
                _write(self._handlers, "\n".join(self._other_handlers()) + "\n")

    def _other_handlers(self) -> list[str]:
        """Return the lines of mimeapps.list without those for the scheme."""
        try:
            lines = self._handlers.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [line for line in lines if line.partition("=")[0].strip() != _MIME]

    def _refresh(self) -> None:
        """Update the caches of desktops that have some; the others watch the folders."""
        commands = (
            ["update-desktop-database", "-q", str(self._applications)],
            ["gtk-update-icon-cache", "-q", "-t", "-f", str(self._data / "icons" / "hicolor")],
        )
        for command in commands:
            if shutil.which(command[0]) is not None:
                with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                    subprocess.run(command, check=False, timeout=10, capture_output=True)


def desktop_entry(entry: Entry, icon: str) -> str:
    """Return the text of a .desktop file; titles from manifests cannot add keys to it."""
    links = entry.handles_links
    # GLib looks for the program before it reads %% as %.
    command = ("/usr/bin/env", *entry.command) if "%" in entry.command[0] else entry.command
    lines = {
        "Type": "Application",
        "Version": "1.4",
        "Name": _text(entry.title),
        "Comment": "" if entry.comment == entry.title else _text(entry.comment),
        "Exec": " ".join(map(_argument, command)) + (" %u" if links else ""),
        "Icon": _text(icon),
        "Terminal": "false",
        "Categories": "Utility;",
        "StartupNotify": "true",
        "MimeType": f"{_MIME};" if links else "",
    }
    return "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in lines.items() if value)


def _text(value: str) -> str:
    """Return a value of type localestring: one line, with its backslashes doubled."""
    return replace_control_chars(value).replace("\\", "\\\\").strip()


def _argument(value: str) -> str:
    """Return a quoted argument of Exec: by the command line's rules, then by those of any value. Raises OSError."""
    if not value.isprintable():
        raise OSError(f"{value!r} cannot be part of a launcher entry: it contains a control character")
    if re.fullmatch(r"[\w@+:,./-]+", value, re.ASCII):
        return value  # xdg-open, where there is no desktop, reads no quotes
    quoted = re.sub(r'(["`$\\])', r"\\\1", value).replace("%", "%%")
    return '"' + quoted.replace("\\", "\\\\") + '"'


def _size_folder(icon: Path) -> str:
    """Return the folder for an icon's size, or for the nearest size that icon themes list."""
    try:
        width, _ = png_size(icon.read_bytes())
    except OSError:
        width = 256
    nearest = min(_SIZES, key=lambda size: abs(size - width))
    return f"{nearest}x{nearest}"


def _home(variable: str, fallback: str) -> Path:
    value = os.environ.get(variable, "")
    return Path(value) if value.startswith("/") else Path.home() / fallback


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, text.encode("utf-8"), 0o666)  # less the umask: desktops read these files
