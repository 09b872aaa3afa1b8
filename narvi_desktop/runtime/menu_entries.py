"""Entries in this user's menu: narvi-desktop itself, and single apps."""

from __future__ import annotations

import subprocess

from narvi_desktop.control.answers import MenuAdded, MenuRemoved, MenuStatus, MessageAnswer
from narvi_desktop.integration.entry import OWN_NAME, Entry, app_entry, own_entry
from narvi_desktop.integration.menu import this_menu
from narvi_desktop.library.finder import Finder
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state.names import AppRef


class MenuEntries:
    """All methods raise LibraryError."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def change(self, do: str, app: AppRef | None) -> MessageAnswer:
        """Carry out "add", "remove" or "status"; without an app for narvi-desktop itself."""
        if do == "status":
            return self.status()
        return self.add(app) if do == "add" else self.remove(app)

    def add(self, app: AppRef | None) -> MenuAdded:
        """Put narvi-desktop, or an app, into the menu."""
        entry = own_entry() if app is None else self._entry(app)
        try:
            file = this_menu().add(entry)
        except (OSError, subprocess.SubprocessError) as error:
            raise LibraryError(f"{entry.title} could not be put into the menu: {error}") from error
        return MenuAdded(f"{entry.title} is in your menu ({file}).", entry.name, str(file))

    def remove(self, app: AppRef | None) -> MenuRemoved:
        """Take it out; an app that is no longer known may still be named as workspace/app."""
        name = OWN_NAME if app is None else self._name(app)
        title = OWN_NAME if app is None else str(app)
        try:
            removed = this_menu().remove(name)
        except OSError as error:
            raise LibraryError(f"{title} could not be taken out of the menu: {error}") from error
        return MenuRemoved(f"{title} is {'out of' if removed else 'not in'} your menu.", removed)

    def status(self) -> MenuStatus:
        """Return which entries are in the menu."""
        try:
            names = this_menu().names()
        except OSError as error:
            raise LibraryError(f"The menu cannot be read: {error}") from error
        apps = [name.removeprefix(OWN_NAME + "-") for name in names if name != OWN_NAME]
        own = f"{OWN_NAME} is {'in' if OWN_NAME in names else 'not in'} your menu"
        more = f", and so are: {', '.join(apps)}" if apps else ""
        return MenuStatus(f"{own}{more}.", OWN_NAME in names, names)

    def _entry(self, app: AppRef) -> Entry:
        found = self._finder.find(app)
        if found.source.kind == "path":
            raise LibraryError(f"{app} is not installed; install it first: narvi-desktop install {app}")
        spec = found.spec
        return app_entry(found.manifest.workspace, spec.name, spec.title, spec.description, spec.icon)

    def _name(self, app: AppRef) -> str:
        if app.text.count("/") == 1:
            return f"{OWN_NAME}-{app.text.replace('/', '-')}"
        return self._entry(app).name
