"""Which system libraries the Qt window toolkit lacks on Linux, and the Debian packages that hold them.

The loader is asked, through ldd, about the files of the toolkit that is installed, so a release that needs other
libraries needs no change here. As a script it prints a line for each missing library, its name and its packages:

    python -I libraries.py

Standard library only: the project's scripts run it before anything of ours is installed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

# What has to be loaded for a window: the web engine, its renderer process, and Qt's X11 plugin with its own plugins.
PARTS = (
    "Qt/lib/libQt6WebEngineCore.so.*",
    "Qt/libexec/QtWebEngineProcess",
    "Qt/plugins/platforms/libqxcb.so",
    "Qt/plugins/xcbglintegrations/*.so",
)

# Packages that Debian's naming rule does not give.
PACKAGES = {
    "libgio-2.0.so.0": "libglib2.0-0",
    "libgmodule-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libnssutil3.so": "libnss3",
    "libplc4.so": "libnspr4",
    "libplds4.so": "libnspr4",
    "libsmime3.so": "libnss3",
    "libssl3.so": "libnss3",
    "libz.so.1": "zlib1g",
}

# Where no toolkit is installed yet: what one needed in 2026, to name the packages in advance.
EXPECTED = (
    "libEGL.so.1",
    "libGL.so.1",
    "libXcomposite.so.1",
    "libXdamage.so.1",
    "libXrandr.so.2",
    "libXtst.so.6",
    "libasound.so.2",
    "libdbus-1.so.3",
    "libfontconfig.so.1",
    "libfreetype.so.6",
    "libglib-2.0.so.0",
    "libnss3.so",
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-image.so.0",
    "libxcb-keysyms.so.1",
    "libxcb-render-util.so.0",
    "libxcb-shape.so.0",
    "libxkbcommon-x11.so.0",
    "libxkbcommon.so.0",
    "libxkbfile.so.1",
)


def missing_libraries() -> list[str]:
    """Return the names of the libraries that the loader does not find, e.g. ``libXrandr.so.2``.

    A library that is missing hides those that it needs itself: after an install, ask again.
    """
    if not sys.platform.startswith("linux"):
        return []
    parts = [file for folder in toolkit_folders() for pattern in PARTS for file in sorted(folder.glob(pattern))]
    if not parts:
        return [library for library in EXPECTED if not _loads(library)]
    return sorted({library for file in parts for library in _not_found(file)})


def packages_of(library: str) -> tuple[str, ...]:
    """Return the names that the Debian package of a library may have, one for each way that releases name it.

    By Debian policy 8.1: the name in small letters and the version, between them a hyphen after a digit
    (``libdbus-1.so.3``: libdbus-1-3). Returns () for what is no name of a library.
    """
    found = re.fullmatch(r"(lib[\w.+-]+?)\.so(?:\.(\d+))?(?:\.\d+)*", library)
    if library in PACKAGES:
        package = PACKAGES[library]
    elif found is None:
        return ()
    else:
        # libglib-2.0.so.0 is in libglib2.0-0.
        name = re.sub(r"-(\d+\.\d+)$", r"\1", found[1].lower().replace("_", "-"))
        version = found[2] or ""
        package = f"{name}-{version}" if version and name[-1].isdigit() else name + version
    # Since 2024 some have this ending, for times after 2038. First: the old name may live on as a virtual package.
    return package + "t64", package


def available_package(library: str) -> str | None:
    """Return the package of this machine's release that holds a library; None where apt knows none."""
    candidates = packages_of(library)
    for package in candidates:
        command = ["apt-cache", "show", "--no-all-versions", package]
        try:
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        except OSError:
            return candidates[-1]  # no Debian: the name still helps to find it
        if done.returncode == 0:
            return package
    return None


def toolkit_folders() -> list[Path]:
    """Return the folders of PySide6: each of its wheels puts its files into the same one."""
    spec = importlib.util.find_spec("PySide6")
    return [] if spec is None else [Path(place) for place in spec.submodule_search_locations or ()]


def _not_found(file: Path) -> list[str]:
    # LC_ALL: the words that are looked for are those of the C locale.
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(["ldd", file], capture_output=True, text=True, env=environment, check=False)
    except OSError:
        return []  # a system without ldd: the toolkit itself will say what it lacks
    return re.findall(r"^\s*(\S+) => not found", done.stdout, re.M)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def main() -> None:
    """Print the missing libraries, a line each: its name, then its packages with | between them, or ?."""
    for library in missing_libraries():
        print(library, "|".join(packages_of(library)) or "?")


if __name__ == "__main__":
    main()
