"""`narvi-desktop launcher` needs no runtime."""

from __future__ import annotations

from tests.support.account import Account


def test_add_status_and_remove(account: Account) -> None:
    added = account.json("launcher", "add")
    assert added["name"] == "narvi-desktop" and added["message"].startswith("narvi-desktop is in your menu (")
    assert account.json("launcher", "status")["entries"] == ["narvi-desktop"]
    assert account.run("launcher", "remove")[1] == "narvi-desktop is out of your menu.\n"
    code, _, error = account.run("launcher", "add", "nothing")
    assert code == 2 and "There is no app 'nothing'" in error
    assert account.json("status")["running"] is False
