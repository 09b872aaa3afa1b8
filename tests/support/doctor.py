"""Run the doctor as a user would."""

from __future__ import annotations

import json
from typing import Any

from tests.support.account import Account


def examined(account: Account) -> tuple[int, dict[tuple[str, str], dict[str, Any]]]:
    """Exit code, and the checks by area and name."""
    code, out, error = account.run("doctor", "--json")
    document = json.loads(out)
    assert document["schema"] == 1 and document["ok"] is (code == 0), error
    assert all(check["state"] in ("ok", "note", "problem") for check in document["checks"])
    assert all(check["fix"] for check in document["checks"] if check["state"] == "problem")
    return code, {(check["area"], check["name"]): check for check in document["checks"]}
