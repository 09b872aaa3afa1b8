"""Bundles of macOS, judged by the formats' rules; none has been seen by a Mac."""

from __future__ import annotations

import plistlib
import shlex
from pathlib import Path

import pytest

from narvi_desktop.integration.entry import app_entry, own_entry, own_icon
from narvi_desktop.integration.macos import MacMenu, applet, icns


def test_a_bundle_and_its_end(tmp_path: Path) -> None:
    menu = MacMenu(tmp_path)
    bundle = menu.add(app_entry("mine", "mine", 'My "App": one/two', "", own_icon()))
    assert bundle.name == 'My "App"- one-two.app'
    information = plistlib.loads((bundle / "Contents/Info.plist").read_bytes())
    assert information["CFBundleDisplayName"] == 'My "App": one/two' and information["CFBundleExecutable"] == "launch"
    script = bundle / "Contents/MacOS/launch"
    assert script.stat().st_mode & 0o111
    assert shlex.split(script.read_text().splitlines()[1])[-2:] == ["open", "mine/mine"]
    assert menu.names() == ["narvi-desktop-mine-mine"]
    assert menu.remove("narvi-desktop-mine-mine") and list(tmp_path.iterdir()) == []


def test_a_bundle_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "narvi-desktop.app" / "Contents"
    other.mkdir(parents=True)
    (other / "Info.plist").write_bytes(plistlib.dumps({"CFBundleName": "other"}))
    menu = MacMenu(tmp_path)
    assert menu.names() == [] and not menu.remove("narvi-desktop")
    with pytest.raises(OSError, match="exists and is not from narvi-desktop"):
        menu.add(own_entry())
    assert plistlib.loads((other / "Info.plist").read_bytes()) == {"CFBundleName": "other"}


def test_the_address_scheme_stands_in_the_plist(tmp_path: Path) -> None:
    bundle = MacMenu(tmp_path).add(own_entry())
    information = plistlib.loads((bundle / "Contents/Info.plist").read_bytes())
    assert information["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == ["narvi"]


def test_the_icon_container() -> None:
    png = own_icon().read_bytes()
    data = icns(png)
    assert data[:4] == b"icns" and int.from_bytes(data[4:8], "big") == len(data)
    assert data[8:12] == b"ic08" and int.from_bytes(data[12:16], "big") == len(data) - 8 and data[16:] == png


def test_the_applet_quotes_its_command() -> None:
    text = applet(("/a b/python", 'x"y\\z'))
    assert '''"'/a b/python' 'x\\"y\\\\z' "''' in text
