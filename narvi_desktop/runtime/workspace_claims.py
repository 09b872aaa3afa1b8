"""Which folder each workspace belongs to: the first that used it. The others are refused."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from narvi_desktop.library.finder import Source
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state import json_store
from narvi_desktop.state.names import RESERVED_WORKSPACES


class WorkspaceTaken(LibraryError):
    """The workspace belongs to another folder; str() names both."""


class WorkspaceClaims:
    """Remembered between runs. Used on the event loop only.

    Args:
        file: the owners by workspace.
        bundled: the workspaces of the bundled apps, which no other folder gets.
    """

    def __init__(self, file: Path, bundled: Collection[str]) -> None:
        self._file = file
        self._bundled = frozenset(bundled)
        self._owners: dict[str, str] = json_store.load(file, _parse, {})

    def claim(self, source: Source, workspace: str) -> None:
        """Make a workspace belong to a folder. Raises WorkspaceTaken."""
        if source.kind == "bundled":
            return  # bundled apps own theirs wherever this version of the package is installed
        self.check(source, workspace)
        if self._owners.get(workspace) != str(source.folder):
            self._owners[workspace] = str(source.folder)
            self._save()

    def check(self, source: Source, workspace: str) -> None:
        """Raise WorkspaceTaken when a folder cannot have this workspace."""
        if source.kind == "bundled":
            return
        folder = str(source.folder)
        if workspace in RESERVED_WORKSPACES:
            raise WorkspaceTaken(f"{folder}: the workspace {workspace!r} is reserved; choose another name.")
        if workspace in self._bundled:
            raise WorkspaceTaken(
                f"The workspace {workspace!r} is that of narvi-desktop's own app; {folder} names it too. "
                "Give yours another name."
            )
        owner = self._owners.get(workspace, folder)
        if owner != folder and Path(owner).exists():
            raise WorkspaceTaken(
                f"The workspace {workspace!r} belongs to {owner}; {folder} names it too. Give one of them another name."
            )

    def transfer(self, workspace: str, old: Path, new: Path) -> None:
        """Give the workspace to a new folder, if the old one owns it: a folder that is installed takes it along."""
        if self._owners.get(workspace) == str(old):
            self._owners[workspace] = str(new)
            self._save()

    def release(self, workspace: str, folder: Path) -> None:
        """Let the workspace belong to nobody, if this folder owns it."""
        if self._owners.get(workspace) == str(folder):
            del self._owners[workspace]
            self._save()

    def _save(self) -> None:
        json_store.save(self._file, self._owners)


def _parse(value: Any) -> dict[str, str]:
    return {str(workspace): str(folder) for workspace, folder in value.items()}
