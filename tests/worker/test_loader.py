"""Classes by their names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from narvi_desktop.worker.loader import has_async_methods, load


class Plain:
    def method(self) -> None: ...


class Asynchronous(Plain):
    async def method(self) -> None: ...  # type: ignore[override]


def test_dotted_path_module_and_name_and_the_object_itself() -> None:
    assert load("pathlib.Path", None, private=False) is Path
    assert load("os:path.join", None, private=False).__name__ == "join"
    assert load(Plain, None, private=False) is Plain
    assert load(None, None, private=False) is None


@pytest.mark.parametrize("reference", ["Name", ":Name", "module:"])
def test_what_names_no_class(reference: str) -> None:
    with pytest.raises(ImportError, match="names no class"):
        load(reference, None, private=False)


def test_a_missing_name_is_named() -> None:
    with pytest.raises(AttributeError, match="'os' has no 'Missing'"):
        load("os:Missing", None, private=False)


def test_two_folders_may_have_modules_of_one_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same_service.py").write_text("import same_helper\nclass S: name = same_helper.NAME\n")
        (tmp_path / name / "same_helper.py").write_text(f"NAME = {name!r}\n")
    found = [load("same_service:S", str(tmp_path / name), private=True) for name in ("one", "two")]
    assert [service.name for service in found] == ["one", "two"]
    assert load("same_service:S", str(tmp_path / "one"), private=True) is found[0]
    assert "same_service" not in sys.modules and str(tmp_path / "one") not in sys.path


def test_which_classes_want_a_loop() -> None:
    assert not has_async_methods(Plain)
    assert has_async_methods(Asynchronous)
