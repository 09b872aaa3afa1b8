"""Where apps come from: a folder by path, installed apps, Python packages, and the bundled ones."""

from __future__ import annotations

import difflib
import importlib.metadata
import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .manifest import FILE_NAME, AppSpec, LibraryError, Manifest, ManifestError, load

BUNDLED = Path(__file__).resolve().parent.parent / "apps"
GROUP = "narvi_desktop.apps"


class AppNotFound(LibraryError):
    """No app has this name; says which names are near."""


class AmbiguousName(LibraryError):
    """The name stands in several workspaces; says which."""


@dataclass(frozen=True)
class Source:
    """A folder that offers apps; `kind` is "path", "installed", "package" or "bundled"."""

    kind: str
    folder: Path
    manifest: Manifest | None
    error: str


def is_path(text: str) -> bool:
    """Whether a person means a folder: it holds a separator or starts with . or ~."""
    return "/" in text or os.sep in text or text.startswith((".", "~"))


class Finder:
    """Looks for apps by name; listing them runs none of their code."""

    def __init__(self, installed: Path, bundled: Path = BUNDLED) -> None:
        self._installed = installed
        self._bundled = bundled
        # Good manifests by folder, with the state of the file that they were read from.
        self._read: dict[Path, tuple[tuple[int, int], Source]] = {}

    def sources(self) -> list[Source]:
        """All folders that are known by themselves, broken ones too; what has not changed is not read again."""
        return [self.source(kind, folder) for kind, folder in self._folders()]

    def source(self, kind: str, folder: Path) -> Source:
        """One folder, with what its manifest says or what is wrong with it."""
        try:
            facts = (folder / FILE_NAME).stat()
            state = (facts.st_mtime_ns, facts.st_size)
        except OSError:
            return _source(kind, folder)
        known = self._read.get(folder)
        if known is None or known[0] != state:
            source = _source(kind, folder)
            if source.error:
                return source  # mending it may leave the file as it is
            self._read[folder] = known = (state, source)
        return known[1]

    def bundled(self) -> list[Source]:
        """Those that come with us."""
        return [_source("bundled", folder) for folder in _children(self._bundled)]

    def find(self, text: str, standing_in: Path | None = None) -> tuple[Source, AppSpec]:
        """The app that a path or a name, perhaps "workspace/app", means.

        Raises:
            ManifestError, AppNotFound, AmbiguousName.
        """
        if Path(text).expanduser().is_absolute() or text.startswith((".", "~")):
            folder = Path(text).expanduser()
            manifest = load(folder)
            return Source("path", manifest.folder, manifest, ""), manifest.first_app
        workspace, _, name = text.rpartition("/")
        sources = self.sources()
        matches = [
            (source, source.manifest.apps[name])
            for source in sources
            if source.manifest and name in source.manifest.apps and workspace in ("", source.manifest.workspace)
        ]
        if len(matches) > 1:
            choices = ", ".join(f"{source.manifest.workspace}/{name}" for source, _ in matches if source.manifest)
            raise AmbiguousName(f"Several workspaces have an app {name!r}: open one of {choices}.")
        if matches:
            source, spec = matches[0]
            # Anew: what it names may have gone since.
            manifest = load(source.folder)
            return Source(source.kind, manifest.folder, manifest, ""), manifest.apps.get(name, spec)
        for source in sources:
            if source.error and source.folder.name == name:
                raise LibraryError(source.error)
        raise AppNotFound(_not_found(text, sources, standing_in))

    def _folders(self) -> Iterator[tuple[str, Path]]:
        yield from (("installed", folder) for folder in _children(self._installed))
        yield from (("package", folder) for folder in _packages())
        yield from (("bundled", folder) for folder in _children(self._bundled))


def _children(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(child for child in folder.iterdir() if child.name[0] != "." and (child / FILE_NAME).is_file())


def _packages() -> Iterator[Path]:
    """Folders of packages that offer apps; found without importing them."""
    for entry in importlib.metadata.entry_points(group=GROUP):
        top, *rest = entry.value.split(".")
        spec = importlib.util.find_spec(top)
        for location in (spec.submodule_search_locations or []) if spec else []:
            yield Path(location, *rest)


def _source(kind: str, folder: Path) -> Source:
    try:
        manifest = load(folder)
        return Source(kind, manifest.folder, manifest, "")
    except ManifestError as error:
        return Source(kind, folder, None, str(error))


def _not_found(text: str, sources: list[Source], standing_in: Path | None) -> str:
    names = sorted({name for source in sources if source.manifest for name in source.manifest.apps})
    near = difflib.get_close_matches(text, names, n=3, cutoff=0.5)
    sentence = f"There is no app {text!r}."
    if standing_in is not None and (standing_in / text / FILE_NAME).is_file():
        return f"{sentence} A folder of that name lies here: did you mean ./{text} ?"
    if near:
        return f"{sentence} Did you mean {' or '.join(near)}?"
    return f"{sentence} Known: {', '.join(names) or 'none'}."
