"""Our entries in this user's menu: ourselves, and single apps."""

from __future__ import annotations

import subprocess
from typing import Any

from narvi_desktop.integration.entry import OWN_NAME, app_entry, own_entry, this_menu
from narvi_desktop.library.finder import Finder
from narvi_desktop.library.manifest import LibraryError


class Launcher:
    """Each method answers with plain data and raises LibraryError."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def add(self, app: str | None) -> dict[str, Any]:
        """Put ourselves, or an app, into the menu."""
        entry = own_entry() if app is None else self._entry(app)
        try:
            file = this_menu().add(entry)
        except (OSError, subprocess.SubprocessError) as error:
            raise LibraryError(f"{entry.title} could not be put into the menu: {error}") from error
        return {"name": entry.name, "file": str(file), "message": f"{entry.title} is in your menu ({file})."}

    def remove(self, app: str | None) -> dict[str, Any]:
        """Take it out; an app that is no longer known may still be named as workspace/app."""
        name = OWN_NAME if app is None else self._name(app)
        title = "narvi-desktop" if app is None else app
        try:
            known = this_menu().remove(name)
        except OSError as error:
            raise LibraryError(f"{title} could not be taken out of the menu: {error}") from error
        return {"removed": known, "message": f"{title} is {'out of' if known else 'not in'} your menu."}

    def status(self) -> dict[str, Any]:
        try:
            names = this_menu().names()
        except OSError as error:
            raise LibraryError(f"The menu cannot be read: {error}") from error
        apps = [name.removeprefix(OWN_NAME + "-") for name in names if name != OWN_NAME]
        own = "narvi-desktop is in your menu" if OWN_NAME in names else "narvi-desktop is not in your menu"
        more = f", and so are: {', '.join(apps)}" if apps else ""
        return {"added": OWN_NAME in names, "entries": names, "message": f"{own}{more}."}

    def _entry(self, app: str) -> Any:
        source, spec = self._finder.find(app)
        if source.kind == "path":
            raise LibraryError(f"{app} is a folder of its own; install it first: narvi-desktop install {app}")
        assert source.manifest is not None
        return app_entry(source.manifest.workspace, spec.name, spec.title, spec.description, spec.icon)

    def _name(self, app: str) -> str:
        if app.count("/") == 1:
            return f"{OWN_NAME}-{app.replace('/', '-')}"
        return str(self._entry(app).name)
