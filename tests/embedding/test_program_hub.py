"""Names that are registered again, and a log on standard error."""

from __future__ import annotations

import pytest

from narvi_desktop.embedding.program_hub import ProgramHub, ProgramLog
from narvi_desktop.server.registry import App, Service
from narvi_desktop.server.resources import Resources
from narvi_desktop.settings import Settings


def test_services_of_one_name_are_told_apart() -> None:
    hub = ProgramHub(Settings())
    first, second = (Service("w", "s", "a.B") for _ in range(2))
    hub.add_service(first)
    hub.add_service(second)
    assert hub.services == {("w", "s"): second} and first.variant != second.variant


def test_an_app_is_replaced_also_at_another_service() -> None:
    hub = ProgramHub(Settings())
    services = [Service("w", name, "a.B") for name in ("one", "two")]
    for service in services:
        hub.add_service(service)
        hub.add_app(App("app", service, {}, Resources({})))
    assert services[0].apps == {} and list(services[1].apps) == ["app"]
    assert hub.apps["w", "app"].service is services[1]
    assert set(hub.admin_data()) == {"w"}


def test_the_log_is_standard_error_and_its_end_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    log = ProgramLog(Settings())
    log.report("one\ntwo")
    log.log("three")
    assert capsys.readouterr().err == "one\ntwo\nthree\n"
    assert log.tail(2) == "two\nthree" and log.label == ""
