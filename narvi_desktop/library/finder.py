"""Find apps: in a folder given by path, among the installed ones, in Python packages, and the bundled ones."""

from __future__ import annotations

import difflib
import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from narvi_desktop.state.names import AppRef

from .manifest import FILE_NAME, AppSpec, LibraryError, Manifest, ManifestError, load

BUNDLED = Path(__file__).resolve().parent.parent / "apps"
GROUP = "narvi_desktop.apps"
SourceKind = Literal["path", "installed", "package", "bundled"]


class AppNotFound(LibraryError):
    """No app has this name; says which names are similar."""


class AmbiguousName(LibraryError):
    """Several workspaces have an app of this name; says which."""


@dataclass(frozen=True)
class Source:
    """A folder that offers apps.

    Attributes:
        manifest: None when it cannot be used; `error` says why.
    """

    kind: SourceKind
    folder: Path
    manifest: Manifest | None
    error: str


@dataclass(frozen=True)
class FoundApp:
    """An app, with the manifest that describes it and its folder."""

    source: Source
    manifest: Manifest
    spec: AppSpec

    @property
    def ref(self) -> AppRef:
        """The reference that finds it again."""
        if self.source.kind == "path" and self.spec is self.manifest.first_app:
            return AppRef(str(self.source.folder))
        return AppRef.of(self.manifest.workspace, self.spec.name)


class Finder:
    """Find apps by reference, and list them; none of their code runs."""

    def __init__(
        self, installed: Path, bundled: Path = BUNDLED, opened: Callable[[], Iterable[Path]] = lambda: ()
    ) -> None:
        """Create a finder; nothing is read yet.

        Args:
            installed: the folder of installed apps.
            bundled: the folder of the apps that come with narvi-desktop.
            opened: returns the app folders that were opened by path; their names count where no other app has them.
        """
        self._installed = installed
        self._bundled = bundled
        self._opened = opened
        # Sources with a usable manifest, each with the time and size of the file that it was read from.
        self._cache: dict[Path, tuple[tuple[int, int], Source]] = {}

    def sources(self) -> list[Source]:
        """Return all folders that are found without a path, broken ones too. Unchanged manifests come from a cache."""
        return [self.source(kind, folder) for kind, folder in self._folders()]

    def source(self, kind: SourceKind, folder: Path) -> Source:
        """Return one folder, with its manifest or what is wrong with it."""
        try:
            facts = (folder / FILE_NAME).stat()
            state = (facts.st_mtime_ns, facts.st_size)
        except OSError:
            return _source(kind, folder)
        cached = self._cache.get(folder)
        if cached is None or cached[0] != state:
            source = _source(kind, folder)
            if source.error:
                return source  # not kept: what fixes it may be outside the manifest
            self._cache[folder] = cached = (state, source)
        return cached[1]

    def bundled(self) -> list[Source]:
        """Return the folders that are part of narvi-desktop."""
        return [_source("bundled", folder) for folder in _children(self._bundled)]

    def find(self, ref: AppRef, directory: Path | None = None) -> FoundApp:
        """Return the app that a reference names; a path names the first app of its folder.

        Args:
            directory: the caller's current one: an app folder of that name there is mentioned in the error.

        Raises:
            ManifestError, AppNotFound, AmbiguousName.
        """
        if ref.folder is not None:
            manifest = load(ref.folder)
            return FoundApp(Source("path", manifest.folder, manifest, ""), manifest, manifest.first_app)
        workspace, _, name = ref.text.rpartition("/")
        sources = self.sources()
        matches = _matching(sources, workspace, name) or _matching(self._opened_sources(), workspace, name)
        if len(matches) > 1:
            choices = ", ".join(f"{source.manifest.workspace}/{name}" for source, _ in matches if source.manifest)
            raise AmbiguousName(f"Several workspaces have an app {name!r}: open one of {choices}.")
        if matches:
            source, spec = matches[0]
            # Read again, since files that it names may have gone.
            manifest = load(source.folder)
            source = Source(source.kind, manifest.folder, manifest, "")
            return FoundApp(source, manifest, manifest.apps.get(name, spec))
        for source in sources:
            if source.error and source.folder.name == name:
                raise LibraryError(source.error)
        raise AppNotFound(_not_found(ref.text, sources, directory))

    def find_service(self, workspace: str, service: str) -> FoundApp:
        """Return the first app of a service. Raises AppNotFound."""
        for source in (*self.sources(), *self._opened_sources()):
            if source.manifest is not None and source.manifest.workspace == workspace:
                for spec in source.manifest.apps.values():
                    if spec.service == service:
                        return FoundApp(source, source.manifest, spec)
        raise AppNotFound(f"There is no service {workspace}/{service}.")

    def _opened_sources(self) -> list[Source]:
        return [self.source("path", folder) for folder in self._opened() if folder.is_dir()]

    def _folders(self) -> Iterator[tuple[SourceKind, Path]]:
        yield from (("installed", folder) for folder in _children(self._installed))
        yield from (("package", folder) for folder in _packages())
        yield from (("bundled", folder) for folder in _children(self._bundled))


def _matching(sources: Iterable[Source], workspace: str, name: str) -> list[tuple[Source, AppSpec]]:
    """Return the apps of this name, of one workspace or ("") of all."""
    return [
        (source, source.manifest.apps[name])
        for source in sources
        if source.manifest and name in source.manifest.apps and workspace in ("", source.manifest.workspace)
    ]


def _children(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(child for child in folder.iterdir() if child.name[0] != "." and (child / FILE_NAME).is_file())


def _packages() -> Iterator[Path]:
    """Yield the folders of packages that offer apps, without importing the packages."""
    for entry in importlib.metadata.entry_points(group=GROUP):
        top, *rest = entry.value.split(".")
        spec = importlib.util.find_spec(top)
        for location in (spec.submodule_search_locations or []) if spec else []:
            yield Path(location, *rest)


def _source(kind: SourceKind, folder: Path) -> Source:
    try:
        manifest = load(folder)
        return Source(kind, manifest.folder, manifest, "")
    except ManifestError as error:
        return Source(kind, folder, None, str(error))


def _not_found(text: str, sources: list[Source], directory: Path | None) -> str:
    names = sorted({name for source in sources if source.manifest for name in source.manifest.apps})
    similar = difflib.get_close_matches(text, names, n=3, cutoff=0.5)
    sentence = f"There is no app {text!r}."
    if directory is not None and (directory / text / FILE_NAME).is_file():
        return f"{sentence} There is a folder of that name here: did you mean ./{text} ?"
    if similar:
        return f"{sentence} Did you mean {' or '.join(similar)}?"
    return f"{sentence} Known: {', '.join(names) or 'none'}."
