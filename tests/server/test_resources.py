"""URLs below an app, and the files that may be sent for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from narvi_desktop.server.resources import WEB_FOLDER, Resources, respond


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("web/index.html", "web/sub/a.css", "web/.hidden", "art/logo.png", "secret"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "web" / "link").symlink_to(tmp_path / "secret")
    return tmp_path


def find(resources: Resources, path: str) -> Path | None:
    return resources.find(path.split("/"))


def test_files_and_folders(folder: Path) -> None:
    resources = Resources({"logo.png": folder / "art/logo.png", ("", "**"): folder / "web"})
    assert find(resources, "index.html") == folder / "web/index.html"
    assert find(resources, "sub/a.css") == folder / "web/sub/a.css"
    assert find(resources, "logo.png") == folder / "art/logo.png"
    assert find(resources, "narvi/narvi.js") == WEB_FOLDER / "narvi.js"


@pytest.mark.parametrize("path", [".hidden", "link", "sub", "nothing", "../secret", "sub/../../secret", "a\0b"])
def test_what_does_not_exist(folder: Path, path: str) -> None:
    assert find(Resources({("", "**"): folder / "web"}), path) is None


def test_a_star_stays_in_one_folder_and_a_prefix_is_taken_off(folder: Path) -> None:
    resources = Resources({("css", "*.css"): folder / "web/sub", ("", "*"): folder / "web"})
    assert find(resources, "css/a.css") == folder / "web/sub/a.css"
    assert find(resources, "sub/a.css") is None and find(resources, "index.html") is not None


def test_the_first_that_has_the_file_counts(folder: Path) -> None:
    resources = Resources({("", "**"): folder / "art", "logo.png": folder / "secret", "x": folder / "secret"})
    assert find(resources, "logo.png") == folder / "art/logo.png"
    assert find(resources, "x") == folder / "secret"


def test_types_do_not_depend_on_the_machine(folder: Path) -> None:
    response = respond(WEB_FOLDER / "narvi.js")
    assert response.content_type == "text/javascript" and response.charset == "utf-8"
    assert respond(folder / "secret").content_type == "application/octet-stream"
