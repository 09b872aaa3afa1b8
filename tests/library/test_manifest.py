"""Manifests: checked values, and one clear error each for what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.library.finder import Finder
from narvi_desktop.library.manifest import ManifestError, load

GOOD = """
manifest = 1
[services.notes]
class = "service:Notes"
[apps.notes]
web = "web"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "web").mkdir(exist_ok=True)
    (folder / "narvi.toml").write_text(text)
    return folder


def test_defaults(tmp_path: Path) -> None:
    folder = tmp_path / "My Notes"
    folder.mkdir()
    manifest = load(write(folder, GOOD))
    assert manifest.workspace == "my-notes"
    service, app = manifest.services["notes"], manifest.first_app
    assert (service.shared, service.idle_timeout, service.isolation) == (True, 3600, "process")
    assert (app.title, app.service, app.web) == ("notes", "notes", folder / "web")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "manifest"),
        ("manifest = 2", "manifest"),
        ("manifest = 1", "services"),
        ("manifest = [", "not TOML"),
        (GOOD + "colour = 1", "apps.notes.colour"),
        (GOOD.replace('"web"', '"../web"'), "apps.notes.web"),
        (GOOD.replace('"web"', '"/etc"'), "apps.notes.web"),
        (GOOD.replace('"web"', '"missing"'), "apps.notes.web"),
        (GOOD.replace('"web"', "7"), "apps.notes.web"),
        (GOOD.replace('"service:Notes"', '"a b"'), "services.notes.class"),
        (GOOD.replace("apps.notes", "apps.Notes"), "apps.Notes"),
        (GOOD + 'service = "other"', "apps.notes.service"),
        (GOOD.replace("[apps", "idle_timeout = true\n[apps"), "services.notes.idle_timeout"),
        (GOOD.replace("[apps", 'isolation = "none"\n[apps'), "services.notes.isolation"),
        (GOOD.replace("[apps", 'environment = "web"\n[apps'), "services.notes.environment"),
        (GOOD + "window = { width = 1 }", "apps.notes.window.width"),
        ('workspace = "../x"' + GOOD, "workspace"),
        ("port = 1" + GOOD, "port"),
    ],
)
def test_bad_manifests_name_the_file_and_the_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ManifestError) as caught:
        load(write(tmp_path, text))
    assert key in str(caught.value) and "narvi.toml" in str(caught.value)


def test_one_broken_manifest_hides_no_other_app(tmp_path: Path) -> None:
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
    write(tmp_path / "good", GOOD)
    write(tmp_path / "bad", "nonsense")
    sources = Finder(tmp_path, tmp_path / "none").sources()
    found = [source for source in sources if source.kind == "installed"]
    assert [bool(source.error) for source in found] == [True, False]


def test_the_code_may_lie_below_the_folder(tmp_path: Path) -> None:
    assert load(write(tmp_path, GOOD)).code_folder == tmp_path
    (tmp_path / "src").mkdir()
    assert load(write(tmp_path, 'path = "src"\n' + GOOD)).code_folder == tmp_path / "src"


@pytest.mark.parametrize("path", ["../src", "/src", "nowhere", "narvi.toml", ""])
def test_a_code_folder_that_cannot_be(tmp_path: Path, path: str) -> None:
    with pytest.raises(ManifestError, match=r"narvi\.toml: path: "):
        load(write(tmp_path, f'path = "{path}"\n' + GOOD))


LINKS_OUT = ['web = "out"', 'web = "web"\nicon = "out/icon.png"', 'web = "web"\nfiles = { a = "out/a" }']


@pytest.mark.parametrize("line", LINKS_OUT)
def test_what_is_served_lies_in_the_folder_also_behind_links(tmp_path: Path, line: str) -> None:
    folder, outside = tmp_path / "app", tmp_path / "state"
    folder.mkdir()
    outside.mkdir()
    for name in ("icon.png", "a"):
        (outside / name).write_text("secret")
    (folder / "out").symlink_to(outside)
    with pytest.raises(ManifestError, match="is a link that leads out of the app folder"):
        load(write(folder, GOOD.replace('web = "web"', line)))


def test_code_behind_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    folder, outside = tmp_path / "app", tmp_path / "elsewhere"
    folder.mkdir()
    outside.mkdir()
    (folder / "src").symlink_to(outside)
    with pytest.raises(ManifestError, match="path: 'src' is a link"):
        load(write(folder, 'path = "src"\n' + GOOD))


@pytest.mark.parametrize("value", ["2024-01-01", "nan", "[1, inf]", "{ at = 12:00:00 }"])
@pytest.mark.parametrize("table", ["services", "apps"])
def test_parameters_that_json_cannot_hold(tmp_path: Path, value: str, table: str) -> None:
    line = f"[{table}.notes.parameters]\nday = {value}\n"
    with pytest.raises(ManifestError, match=rf"{table}\.notes\.parameters\.day: .*write a text instead"):
        load(write(tmp_path, GOOD + line))
