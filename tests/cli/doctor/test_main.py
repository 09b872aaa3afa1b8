"""`narvi-desktop doctor` on a healthy account."""

from __future__ import annotations

from tests.support.account import Account
from tests.support.doctor import examined


def test_a_healthy_account_at_a_screen(account: Account, display: str) -> None:
    account.environment["DISPLAY"] = display
    code, checks = examined(account)
    assert code == 0, checks
    assert checks["toolkit", "loads"]["state"] == "ok" and "platform xcb" in checks["toolkit", "loads"]["found"]
    assert checks["traps", "libraries"]["state"] == "ok"
    assert checks["runtime", "record"]["found"] == "narvi-desktop is not running"
    assert checks["menu", "launcher"]["fix"] == "narvi-desktop launcher add"
    code, out, _ = account.run("doctor")
    assert code == 0 and out.endswith("No problems found.\n") and "aiohttp 3" in out


def test_it_starts_no_runtime_and_makes_no_folder(account: Account) -> None:
    account.run("doctor")
    assert list(account.home.iterdir()) == []
