"""Puts pip into a virtual environment whose Python came without ensurepip, as Debian's does.

Run as: VENV/bin/python fetch_pip.py

The wheel comes from PyPI, is checked against the digest that PyPI names, and installs itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")


def main() -> None:
    """Fetch and install pip; an error ends the program with a sentence."""
    try:
        wheel = newest_wheel()
        content = read(wheel["url"])
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"pip could not be fetched from {INDEX}: {error}")
    if hashlib.sha256(content).hexdigest() != wheel["hashes"]["sha256"]:
        sys.exit(f"What {wheel['url']} gave is not what {INDEX} promises; nothing was installed.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, wheel["filename"])
        file.write_bytes(content)
        # A wheel of pip can be run from inside the archive.
        command = [sys.executable, f"{file}/pip", "install", "--quiet", "--no-index", str(file)]
        sys.exit(subprocess.run(command, check=False).returncode)


def newest_wheel() -> dict:
    """The index's entry of the last wheel that was not taken back; it lists files from old to new."""
    page = json.loads(read(f"{INDEX}/pip/", "application/vnd.pypi.simple.v1+json"))
    wheels = [file for file in page["files"] if file["filename"].endswith("-py3-none-any.whl") and not file["yanked"]]
    stable = [file for file in wheels if file["filename"].split("-")[1].replace(".", "").isdigit()]
    if not stable:
        raise ValueError("it lists no wheel of pip")
    return max(stable, key=lambda file: [int(part) for part in file["filename"].split("-")[1].split(".")])


def read(url: str, kind: str = "*/*") -> bytes:
    """The body of an address."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": kind}), timeout=60) as answer:
        return answer.read()


if __name__ == "__main__":
    main()
