"""The menu of macOS: a small application bundle in ~/Applications. Written from Apple's documentation, not tried.

Sources: Bundle Programming Guide, Information Property List Key Reference (CFBundleURLTypes), and iconutil's
Icon Composer format for .icns.
"""

from __future__ import annotations

import plistlib
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from narvi_desktop.text import replace_control_chars

from .entry import OWN_NAME, SCHEME, Entry
from .png import png_size

_SIZES = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}


class MacMenu:
    """Bundles of this user; each contains a mark, so that no others are ever touched."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path.home() / "Applications"

    def add(self, entry: Entry) -> Path:
        self.remove(entry.name)
        bundle = self._folder / f"{_file_name(entry.title)}.app"
        if bundle.exists():
            raise OSError(f"{bundle} exists and is not from narvi-desktop; move it away first")
        with tempfile.TemporaryDirectory() as place:
            made = Path(place) / "made.app"
            self._make(made, entry)
            self._folder.mkdir(parents=True, exist_ok=True)
            shutil.move(str(made), str(bundle))
        return bundle

    def remove(self, name: str) -> bool:
        found = [bundle for bundle in self._bundles() if _mark(bundle) == name]
        for bundle in found:
            shutil.rmtree(bundle)
        return bool(found)

    def names(self) -> list[str]:
        return sorted(mark for bundle in self._bundles() if (mark := _mark(bundle)))

    def _bundles(self) -> list[Path]:
        return list(self._folder.glob("*.app"))

    def _make(self, bundle: Path, entry: Entry) -> None:
        contents = bundle / "Contents"
        if entry.handles_links and sys.platform == "darwin":
            # Addresses come as Apple events, which a script cannot take: an applet can.
            command = ["osacompile", "-o", str(bundle), "-e", applet(entry.command)]
            subprocess.run(command, check=True, capture_output=True, timeout=30)
            with (contents / "Info.plist").open("rb") as file:
                given = plistlib.load(file)
        else:
            (contents / "MacOS").mkdir(parents=True)
            script = contents / "MacOS" / "launch"
            script.write_text(f"#!/bin/sh\nexec {shlex.join(entry.command)}\n", encoding="utf-8")
            script.chmod(0o755)
            given = {"CFBundleExecutable": "launch", "CFBundlePackageType": "APPL"}
        (contents / "Resources").mkdir(exist_ok=True)
        if entry.icon.suffix.lower() == ".png":
            (contents / "Resources" / "narvi.icns").write_bytes(icns(entry.icon.read_bytes()))
        with (contents / "Info.plist").open("wb") as file:
            plistlib.dump(given | information(entry), file)


def information(entry: Entry) -> dict[str, object]:
    """Return the values of Info.plist."""
    values: dict[str, object] = {
        "CFBundleIdentifier": f"org.narvi-desktop.{entry.name}",
        "CFBundleName": entry.title,
        "CFBundleDisplayName": entry.title,
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleShortVersionString": "1.0",
        "CFBundleIconFile": "narvi.icns",
        "NSHighResolutionCapable": True,
        "NarviDesktopEntry": entry.name,
    }
    if entry.handles_links:
        values["CFBundleURLTypes"] = [{"CFBundleURLName": "narvi-desktop", "CFBundleURLSchemes": [SCHEME]}]
    return values


def applet(command: tuple[str, ...]) -> str:
    """An AppleScript that starts the command, with the address when it is given one."""
    line = f"{shlex.join(command)} "
    text = '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'
    end = '" > /dev/null 2>&1 &"'
    return (
        f"on run\ndo shell script {text} & {end}\nend run\n"
        f"on open location address\ndo shell script {text} & quoted form of address & {end}\nend open location"
    )


def icns(png: bytes) -> bytes:
    """Put one PNG into the container of .icns: "icns", length, then type, length and data; lengths are big endian."""
    width, _ = png_size(png)
    kind = _SIZES[min(_SIZES, key=lambda size: abs(size - width))]
    element = kind + (len(png) + 8).to_bytes(4, "big") + png
    return b"icns" + (len(element) + 8).to_bytes(4, "big") + element


def _file_name(title: str) -> str:
    """Turn a title into a file's name: without separators, and not hidden."""
    plain = replace_control_chars(title, "-").translate({ord("/"): "-", ord(":"): "-"})
    return plain.strip(". ")[:100] or OWN_NAME


def _mark(bundle: Path) -> str:
    try:
        with (bundle / "Contents" / "Info.plist").open("rb") as file:
            return str(plistlib.load(file).get("NarviDesktopEntry", ""))
    except (OSError, ValueError, plistlib.InvalidFileException):
        return ""
