"""Histories that the runtime sends in parts are merged into what a listener gets."""

from __future__ import annotations

from typing import Any

import pytest

from narvi_desktop.worker.admin_data import AdminDataHistory


def update(number: int, metrics: list[Any], kept: int) -> dict[str, Any]:
    instance = {"number": number, "metrics": metrics, "kept": {"metrics": kept}}
    return {"lab": {"probe": {"instances": {"main": [instance]}}}}


def metrics_of(data: dict[str, Any]) -> Any:
    return data["lab"]["probe"]["instances"]["main"][0]["metrics"]


@pytest.mark.parametrize("shared", [True, False])
def test_parts_are_joined_newest_first_and_cut_to_what_is_kept(shared: bool) -> None:
    history = AdminDataHistory(shared)
    assert metrics_of(history.merge(update(1, [[1, {}]], 1))) == [[1, {}]]
    assert metrics_of(history.merge(update(1, [[3, {}], [2, {}]], 2))) == [[3, {}], [2, {}]]
    merged = history.merge(update(1, [], 2))
    assert metrics_of(merged) == [[3, {}], [2, {}]]
    assert "kept" not in merged["lab"]["probe"]["instances"]["main"][0]


def test_another_instance_of_the_same_id_begins_anew() -> None:
    history = AdminDataHistory(shared=False)
    history.merge(update(1, [[1, {}]], 1))
    assert metrics_of(history.merge(update(2, [[5, {}]], 1))) == [[5, {}]]


def test_a_listener_that_changes_its_data_changes_nobody_elses() -> None:
    history, sent = AdminDataHistory(shared=True), update(1, [[1, {}]], 1)
    history.merge(sent)["lab"].clear()
    assert metrics_of(sent) == [[1, {}]]
