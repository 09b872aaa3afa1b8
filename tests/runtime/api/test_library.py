"""Apps added and removed by the command line, while a runtime runs."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from tests.support.account import Account, make_app

STORES = """
from pathlib import Path
class Mine:
    def __init__(self, services, folder): (Path(folder) / "kept.txt").write_text("kept")
"""


def source(account: Account) -> Path:
    folder = make_app(account.home / "source", STORES)
    manifest = (folder / "narvi.toml").read_text()
    (folder / "narvi.toml").write_text(
        manifest.replace('service_id = "main"', 'service_id = "main"\nparameters = { folder = "{data}" }')
    )
    return folder


def test_install_open_replace_remove(account: Account) -> None:
    folder = source(account)
    code, out, error = account.run("install", str(folder))
    assert (code, out) == (0, "Mine is installed. To open it: narvi-desktop open mine/mine\n"), error
    account.json("open", "mine", "--no-window")
    assert account.json("status")["admin"]["mine"]["mine"]["instances"]["main"]
    code, _, error = account.run("install", str(folder))
    assert code == 2 and "Mine is installed already." in error and "Add --replace" in error
    assert account.run("install", str(folder), "--replace")[0] == 0
    assert "mine" not in account.json("status")["admin"]  # what ran was the old one
    account.json("open", "mine", "--no-window")
    code, out, _ = account.run("remove", "mine")
    data = account.home / "data/narvi-desktop/data/mine"
    assert code == 0 and out == f"Mine is removed. What it has stored stays in {data}.\n"
    assert "mine" not in account.json("status")["admin"] and (data / "kept.txt").read_text() == "kept"
    assert account.run("open", "mine")[0] == 2


def test_remove_with_its_data_frees_the_workspace(account: Account) -> None:
    folder = source(account)
    account.run("install", str(folder))
    account.json("open", "mine", "--no-window")
    account.run("remove", "mine", "--data")
    assert not (account.home / "data/narvi-desktop/data/mine").exists()
    assert account.json("open", str(folder), "--no-window")["workspace"] == "mine"


def test_a_folder_that_was_opened_by_path_is_installed_by_its_owner_and_by_no_other(account: Account) -> None:
    folder = source(account)
    account.json("open", str(folder), "--no-window")
    other = account.home / "other"
    shutil.copytree(folder, other)
    code, _, error = account.run("install", str(other))
    assert code == 2 and f"belongs to {folder}" in error
    assert account.run("install", str(folder))[0] == 0
    assert account.json("open", "mine", "--no-window")["workspace"] == "mine"


def test_a_zip_and_what_is_none(account: Account) -> None:
    folder = source(account)
    with zipfile.ZipFile(account.home / "mine.zip", "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder.parent))
    assert account.run("install", "mine.zip")[0] == 0
    code, _, error = account.run("install", "absent.zip")
    assert code == 2 and "absent.zip does not exist" in error


def test_what_is_not_installed_is_not_removed(account: Account) -> None:
    code, _, error = account.run("remove", "hello")
    assert code == 2 and "hello cannot be removed: it comes with narvi-desktop." in error
    code, _, error = account.run("remove", "absent")
    assert code == 2 and "No app 'absent' is installed." in error


def test_reserved_and_bundled_workspaces_are_refused(account: Account) -> None:
    for workspace, said in {"desktop": "reserved", "notes": "narvi-desktop's own app"}.items():
        folder = source(account)
        text = (folder / "narvi.toml").read_text().replace('workspace = "mine"', f'workspace = "{workspace}"')
        (folder / "narvi.toml").write_text(text)
        code, _, error = account.run("install", str(folder))
        assert code == 2 and said in error
        shutil.rmtree(folder)
    assert list((account.home / "data/narvi-desktop/apps").iterdir()) == []


def test_a_path_in_the_service_that_a_person_stopped_stays_stopped(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    assert account.run("stop", "hello")[1] == "Hello: 1 stopped.\n"
    assert account.json("status")["admin"]["hello"]["hello"]["instances"] == {}
