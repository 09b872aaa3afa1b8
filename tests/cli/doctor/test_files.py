"""Damaged state files are results of checks, not tracebacks."""

from __future__ import annotations

from tests.support.account import Account
from tests.support.doctor import examined


def test_a_damaged_state_file_is_a_line_not_a_traceback(account: Account) -> None:
    state = account.home / "state/narvi-desktop"
    state.mkdir(parents=True)
    (state / "ports.json").write_text("{not json")
    code, checks = examined(account)
    assert code == 1 and "this check failed itself" in checks["ports", "check"]["found"]
    assert ("apps", "hello") in checks  # the others went on
