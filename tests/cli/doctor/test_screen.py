"""The display and the window toolkit, as the doctor sees them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.account import Account
from tests.support.doctor import examined


def test_without_a_display(account: Account) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        account.environment.pop(name, None)
    code, checks = examined(account)
    assert code == 0 and checks["display", "display"]["state"] == "note"
    assert checks["toolkit", "loads"]["found"] == "not tried: there is no display"


@pytest.mark.parametrize(
    ("toolkit", "said"),
    [
        ("import os; os.abort()", "was ended by signal 6"),
        ("raise ImportError('libxcb-cursor.so.0: cannot open')", "ended with 1: ImportError: libxcb-cursor.so.0"),
    ],
)
def test_a_broken_toolkit_is_found_out_and_breaks_nothing(
    account: Account, display: str, toolkit: str, said: str, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    (broken / "qtpy").mkdir(parents=True)
    (broken / "qtpy" / "__init__.py").write_text(toolkit)
    root = str(Path(__file__).parents[3])
    environment = account.environment | {"DISPLAY": display, "PYTHONPATH": f"{broken}{os.pathsep}{root}"}
    command = [sys.executable, "-m", "narvi_desktop", "doctor", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = [check for check in json.loads(done.stdout)["checks"] if check["area"] == "toolkit"]
    assert done.returncode == 1 and found[0]["state"] == "problem" and said in found[0]["found"]
