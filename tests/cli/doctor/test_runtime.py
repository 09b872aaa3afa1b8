"""The doctor looks at a runtime and its ports."""

from __future__ import annotations

from tests.support.account import Account
from tests.support.doctor import examined


def test_a_running_runtime_and_a_record_that_nobody_may_trust(account: Account) -> None:
    account.json("open", "hello", "--no-window")
    _, checks = examined(account)
    assert f"process {account.record()['pid']}" in checks["runtime", "answers"]["found"]
    assert checks["ports", "known"]["found"] == "2 remembered, 2 in use by narvi-desktop"
    file = account.home / "state/narvi-desktop/run/runtime.json"
    file.chmod(0o644)
    code, checks = examined(account)
    file.chmod(0o600)
    assert code == 1 and checks["runtime", "record"]["state"] == "problem"
