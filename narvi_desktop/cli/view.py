"""`narvi-desktop view URL`: show a web address in a window, and return when the window is closed."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from narvi_desktop.control.errors import ControlError, ExitCode
from narvi_desktop.integration.entry import own_icon
from narvi_desktop.state.lock_file import LockFile
from narvi_desktop.state.paths import Paths
from narvi_desktop.windows.availability import no_display, why_not


def run(arguments: argparse.Namespace, paths: Paths) -> int:
    url: str = arguments.url
    if not _is_http(url):
        raise ControlError(f"{url!r} is no address of a page: write http://… or https://…", exit_code=ExitCode.USAGE)
    paths.make()
    with _storage(url, paths.state / "view") as storage:
        reason = why_not(os.environ)
        if reason is None:
            # Late: it loads the window toolkit.
            from narvi_desktop.windows.view import show

            show(url, storage, str(own_icon()))
        else:
            _show_in_browser(url, storage, paths, reason)
    sys.stdout.flush()
    sys.stderr.flush()
    # Qt may crash when Python frees what is left of it.
    os._exit(ExitCode.DONE)


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()
    except ValueError:
        return False


@contextlib.contextmanager
def _storage(url: str, folder: Path) -> Iterator[Path]:
    """Give a folder in which the pages of this address keep what they store, to one process at a time."""
    parts = urlsplit(url)
    name = re.sub(r"[^a-z0-9.-]", "_", f"{parts.scheme}-{parts.netloc.rpartition('@')[2].lower()}")[:100]
    storage = folder / name
    storage.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = LockFile(storage / "lock")
    if lock.acquire():
        yield storage
        lock.release()
        return
    import tempfile  # late: every command imports this module

    # Another window shows the same site. Chromium would damage a storage that two processes use.
    with tempfile.TemporaryDirectory(prefix="narvi-view-", ignore_cleanup_errors=True) as temporary:
        yield Path(temporary)


def _show_in_browser(url: str, storage: Path, paths: Paths, reason: str) -> None:
    """Show the address in a window of a browser, which has a profile of its own and so ends with the window."""
    if no_display(os.environ):
        raise ControlError(f"{url} cannot be shown: {reason}.")
    from narvi_desktop.windows.browser import AppBrowser  # late, as above

    process = AppBrowser(storage / "chromium", paths.logs / "windows.log").open(url, {})
    if process is None:
        raise ControlError(f"{url} cannot be shown: {reason}, and no browser of the Chromium family is installed.")
    print(f"Shown in a window of the browser ({reason}).", file=sys.stderr)
    process.wait()
