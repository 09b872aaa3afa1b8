"""The menu of Windows: shortcuts in the Start menu and keys under HKCU. Written from its documentation, not tried.

Sources: [MS-SHLLINK] for shortcuts, "Registering an Application to a URI Scheme" for the keys, and the ICO
format with a PNG inside (Windows Vista and later).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from narvi_desktop.text import replace_control_chars

from .entry import OWN_NAME, SCHEME, Entry
from .png import png_size

_CLASS_ID = bytes.fromhex("0114020000000000c000000000000046")
_HAS_LINK_INFO, _HAS_NAME, _HAS_ARGUMENTS, _HAS_ICON, _IS_UNICODE = 0x02, 0x04, 0x20, 0x40, 0x80
_MARK = ".lnk"


class WindowsMenu:
    """Shortcuts in a folder of their own in this user's Start menu, so that no others are ever touched.

    They keep the name of their entry in the file's name: titles may be alike.
    """

    def __init__(self, menu: Path | None = None, icons: Path | None = None) -> None:
        roaming = Path(os.environ.get("APPDATA", Path.home()))
        local = Path(os.environ.get("LOCALAPPDATA", Path.home()))
        self._menu = menu or roaming / "Microsoft/Windows/Start Menu/Programs" / OWN_NAME
        self._icons = icons or local / OWN_NAME / "icons"

    def add(self, entry: Entry) -> Path:
        self.remove(entry.name)
        self._menu.mkdir(parents=True, exist_ok=True)
        self._icons.mkdir(parents=True, exist_ok=True)
        icon = self._icons / f"{entry.name}.ico"
        if entry.icon.suffix.lower() == ".png":
            icon.write_bytes(ico(entry.icon.read_bytes()))
        file = self._menu / f"{_file_name(entry.title)} ({entry.name}){_MARK}"
        file.write_bytes(shortcut(entry, icon))
        if entry.handles_links:
            _set_handler(entry, icon)
        return file

    def remove(self, name: str) -> bool:
        found = [file for file in self._files() if _name(file) == name]
        for file in found:
            file.unlink()
        (self._icons / f"{name}.ico").unlink(missing_ok=True)
        if found and name == OWN_NAME:
            _drop_handler()
        return bool(found)

    def names(self) -> list[str]:
        return sorted(_name(file) for file in self._files())

    def _files(self) -> list[Path]:
        return list(self._menu.glob(f"*){_MARK}"))


def shortcut(entry: Entry, icon: Path) -> bytes:
    """Return a shell link: header, location of the target, and the strings."""
    flags = _HAS_LINK_INFO | _HAS_NAME | _HAS_ARGUMENTS | _HAS_ICON | _IS_UNICODE
    header = (0x4C).to_bytes(4, "little") + _CLASS_ID + flags.to_bytes(4, "little")
    header += bytes(4 + 3 * 8 + 4)  # attributes, three times, size: all may be 0
    header += bytes(4) + (1).to_bytes(4, "little") + bytes(2 + 2 + 4 + 4)  # icon index, a normal window, no hot key
    arguments = subprocess.list2cmdline(entry.command[1:])
    strings = (entry.comment, arguments, str(icon))
    return header + _link_info(entry.command[0]) + b"".join(map(_string, strings)) + bytes(4)


def _link_info(target: str) -> bytes:
    """LinkInfo with a VolumeID and the path in both encodings ([MS-SHLLINK] 2.3)."""
    volume = (0x11).to_bytes(4, "little") + (3).to_bytes(4, "little") + bytes(4) + (0x10).to_bytes(4, "little") + b"\0"
    narrow = target.encode("mbcs" if sys.platform == "win32" else "ascii", "replace") + b"\0"
    wide = target.encode("utf-16-le") + bytes(2)
    head = 0x24
    at_path = head + len(volume)
    at_suffix = at_path + len(narrow)
    at_wide = at_suffix + 1
    at_wide_suffix = at_wide + len(wide)
    size = at_wide_suffix + 2
    numbers = (size, head, 1, head, at_path, 0, at_suffix, at_wide, at_wide_suffix)
    return b"".join(n.to_bytes(4, "little") for n in numbers) + volume + narrow + b"\0" + wide + bytes(2)


def _string(text: str) -> bytes:
    data = replace_control_chars(text)[:259].encode("utf-16-le")
    return (len(data) // 2).to_bytes(2, "little") + data


def ico(png: bytes) -> bytes:
    """One PNG in the container of .ico; a size of 256 is written as 0."""
    width, height = png_size(png)
    entry = bytes((width % 256, height % 256, 0, 0)) + (1).to_bytes(2, "little") + (32).to_bytes(2, "little")
    return bytes((0, 0, 1, 0, 1, 0)) + entry + len(png).to_bytes(4, "little") + (22).to_bytes(4, "little") + png


def keys(entry: Entry, icon: Path) -> dict[str, dict[str, str]]:
    """Return the keys below HKCU that register the address scheme, with their values ("" is the default one)."""
    root = rf"Software\Classes\{SCHEME}"
    return {
        root: {"": "URL:narvi-desktop", "URL Protocol": ""},
        rf"{root}\DefaultIcon": {"": f'"{icon}",0'},
        rf"{root}\shell\open\command": {"": subprocess.list2cmdline(entry.command) + ' "%1"'},
    }


def _set_handler(entry: Entry, icon: Path) -> None:
    if sys.platform == "win32":
        import winreg

        for path, values in keys(entry, icon).items():
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, path) as key:
                for name, value in values.items():
                    winreg.SetValueEx(key, name, 0, winreg.REG_SZ, value)


def _drop_handler() -> None:
    if sys.platform == "win32":
        import contextlib
        import winreg

        root = rf"Software\Classes\{SCHEME}"
        # Innermost first: a key with others below it cannot be deleted.
        inner = (r"\shell\open\command", r"\shell\open", r"\shell", r"\DefaultIcon", "")
        for path in (root + part for part in inner):
            with contextlib.suppress(FileNotFoundError):
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, path)


def _file_name(title: str) -> str:
    forbidden = '<>:"/\\|?*'
    plain = "".join("-" if char in forbidden else char for char in replace_control_chars(title, "-"))
    return plain.strip(". ")[:80] or OWN_NAME


def _name(file: Path) -> str:
    """Return the entry's name, which is in the last parentheses."""
    return file.stem.rpartition(" (")[2].removesuffix(")")
