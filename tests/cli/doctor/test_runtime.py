"""The doctor looks at a runtime and its ports."""

from __future__ import annotations

from tests.support.account import Account
from tests.support.doctor import examined
from tests.support.lock import held_by_another


def test_a_running_runtime(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    _, checks = examined(account)
    assert f"process {account.record()['pid']}" in checks["runtime", "answers"]["found"]
    assert checks["ports", "known"]["found"] == "2 remembered, 2 in use by narvi-desktop"


def test_a_record_that_nobody_may_trust(account: Account) -> None:
    folder = account.home / "state/narvi-desktop/run"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "runtime.json").write_text("{}")
    with held_by_another(folder / "runtime.lock"):
        code, checks = examined(account)
    assert code == 1 and checks["runtime", "record"]["state"] == "problem"
