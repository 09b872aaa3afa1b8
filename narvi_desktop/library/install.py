"""Install an app from a folder or a zip, and remove one: completely, or not at all."""

from __future__ import annotations

import shutil
import stat
import tempfile
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .manifest import FILE_NAME, LibraryError, Manifest, load

_BYTE_LIMIT = 1024**3  # unpacked, of a zip
_FILE_LIMIT = 50_000
_NAME_IS_UTF8 = 0x800  # bit 11 of an entry's flags
_CHUNK = 1024 * 1024
_STALE = 3600.0  # seconds: a copy that is older was given up by a process that died
_NEW, _OLD = ".new-", ".old-"
# What tools leave beside a program; not a part of it.
_EXCLUDED = ("__pycache__", "__MACOSX", ".git", ".hg", ".svn", "node_modules", ".mypy_cache", ".ruff_cache")


class InstallError(LibraryError):
    """A folder or zip that cannot be installed; says why."""


class AlreadyInstalled(InstallError):
    """An app of this workspace is installed already."""

    def __init__(self, old: Manifest, new: Manifest) -> None:
        versions = f" (version {old.version or 'unknown'}; this is {new.version or 'unknown'})"
        super().__init__(f"{new.first_app.title} is installed already{versions if old.version or new.version else ''}.")


@dataclass
class StagedInstall:
    """A checked copy of an app that is not in use yet: `commit` it or `discard` it.

    Attributes:
        manifest: that of the copy.
        staging: the folder that holds the copy.
        target: the folder that it is to become.
    """

    manifest: Manifest
    staging: Path
    target: Path

    def commit(self, replace: bool) -> Manifest:
        """Move the copy to its target, in place of what is there. Raises AlreadyInstalled, OSError."""
        if (self.target / FILE_NAME).exists() and not replace:
            raise AlreadyInstalled(load(self.target), self.manifest)
        old = self.target.with_name(_OLD + self.target.name)
        if self.target.exists():
            _delete(old)
            self.target.rename(old)
        # When we are killed here, the next `tidy` puts the old one back.
        try:
            self.manifest.folder.rename(self.target)
        except OSError:
            if old.exists():
                old.rename(self.target)
            raise
        _delete(old)
        self.discard()
        return load(self.target)

    def discard(self) -> None:
        _delete(self.staging)


def stage(source: Path, installed: Path) -> StagedInstall:
    """Copy a folder or unpack a zip beside the installed apps, and check its manifest.

    Raises:
        InstallError, ManifestError: names what is wrong with it.
    """
    installed.mkdir(mode=0o700, parents=True, exist_ok=True)
    tidy(installed)
    staging = Path(tempfile.mkdtemp(prefix=_NEW, dir=installed))
    try:
        folder = _copy(source, staging, installed) if source.is_dir() else _unpack(source, staging)
        manifest = load(folder)
        return StagedInstall(manifest, staging, installed.resolve() / manifest.workspace)
    except BaseException:
        _delete(staging)
        raise


def remove(folder: Path, installed: Path) -> None:
    """Delete an installed app. Raises InstallError for any other folder, OSError."""
    if folder.resolve().parent != installed.resolve():
        raise InstallError(f"{folder} is not among the installed apps; delete it yourself if it is no longer needed.")
    gone = Path(tempfile.mkdtemp(prefix=_NEW, dir=installed))
    folder.rename(gone / folder.name)
    _delete(gone)


def tidy(installed: Path) -> None:
    """Clean up after an installation that was killed: put back what it was replacing, delete partial copies."""
    for child in installed.iterdir():
        if child.name.startswith(_OLD):
            target = child.with_name(child.name.removeprefix(_OLD))
            if target.exists():
                _delete(child)
            else:
                child.rename(target)
        elif child.name.startswith(_NEW) and time.time() - child.stat().st_mtime > _STALE:
            _delete(child)


def _copy(source: Path, staging: Path, installed: Path) -> Path:
    source = source.resolve()
    load(source)  # before anything is copied
    if installed.resolve().is_relative_to(source):
        raise InstallError(f"{source} contains the folder of installed apps; give the folder of one app.")
    folder = staging / source.name
    try:
        shutil.copytree(source, folder, symlinks=True, ignore=shutil.ignore_patterns(*_EXCLUDED))
    except (OSError, shutil.Error) as error:
        raise InstallError(f"{source} cannot be copied: {error}") from error
    return folder


def _unpack(source: Path, staging: Path) -> Path:
    folder = staging / (source.stem or "app")
    folder.mkdir()
    try:
        with zipfile.ZipFile(source) as archive:
            _extract(archive, folder)
    except InstallError as error:
        raise InstallError(f"{source.name} cannot be installed: {error}.") from None
    except FileNotFoundError:
        raise InstallError(f"{source} does not exist; give an app's folder or zip.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise InstallError(f"{source.name} is not a readable zip: {error}") from error
    if (folder / FILE_NAME).exists():
        return folder
    inner = [child for child in folder.iterdir() if (child / FILE_NAME).exists()]
    if len(inner) != 1:
        raise InstallError(f"{source.name} contains no app: neither it nor the one folder in it has a {FILE_NAME}.")
    return inner[0]


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    entries = archive.infolist()
    if len(entries) > _FILE_LIMIT:
        raise InstallError(f"it contains more than {_FILE_LIMIT} files")
    left = _BYTE_LIMIT
    root = folder.resolve()
    for entry in entries:
        parts = PurePosixPath(_name(entry).replace("\\", "/")).parts
        if any(part in _EXCLUDED for part in parts) or (entry.is_dir() and not parts):
            continue  # "./" is the folder itself, which some programs list
        _check_entry(entry, parts)
        target = folder.joinpath(*parts)
        # What counts is where it ends up, however its name is spelled.
        if not target.resolve().is_relative_to(root):
            raise InstallError(f"it contains {entry.filename!r}, which is not a plain file inside it")
        if entry.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        left = _write(archive, entry, target, left)
        if entry.external_attr >> 16 & 0o100:
            target.chmod(0o700)


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name; zipfile takes for cp437 (APPNOTE.TXT, appendix D) what other programs write as UTF-8."""
    if entry.flag_bits & _NAME_IS_UTF8 or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _check_entry(entry: zipfile.ZipInfo, parts: tuple[str, ...]) -> None:
    # PurePosixPath("//x") has the root "//": every root leaves, whatever it looks like.
    leaves = not parts or parts[0].startswith("/") or ".." in parts
    leaves = leaves or any(mark in part for part in parts for mark in ":\0")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if leaves or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise InstallError(f"it contains {entry.filename!r}, which is not a plain file inside it")


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Return how many bytes may still be unpacked. The sizes in the zip itself are not trusted."""
    if target.exists():
        raise InstallError(f"it contains {entry.filename!r} twice")
    with archive.open(entry) as packed, target.open("xb") as file:
        while chunk := packed.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise InstallError(f"it unpacks to more than {_BYTE_LIMIT // 1024**3} GiB")
            file.write(chunk)
    return left


def _delete(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
