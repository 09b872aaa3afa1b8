"""Notes, registered at a real server as the runtime would."""

from __future__ import annotations

import sys
from pathlib import Path

from narvi_desktop.library.manifest import load
from narvi_desktop.server.hub import Service
from tests.conftest import Server

NOTES = Path(__file__).parents[2] / "narvi_desktop" / "apps" / "notes"


def add_notes(server: Server, data: Path) -> Service:
    manifest = load(NOTES)
    service = server.hub.register_service(
        Service(
            "notes",
            "notes",
            manifest.services["notes"].service_class,
            fixed_service_id="main",
            parameters={"folder": str(data)},
            isolation="process",
            folder=NOTES,
            python=(sys.executable,),
        )
    )
    server.hub.register_app("notes", service, {}, {("", "**"): NOTES / "web"})
    return service
