"""The runtime's life: start, serve, stop."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import narvi_desktop
from narvi_desktop.state import config as configuration
from narvi_desktop.state.lock_file import LockFile
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import Record, write_record

if TYPE_CHECKING:
    from narvi_desktop.runtime.idle_shutdown import Lifetime
    from narvi_desktop.server.hub import Hub
    from narvi_desktop.windows.manager import WindowManager

DONE, FAILED, NO_PORT = 0, 1, 4
_LEAVING_TAKES = 15.0  # seconds that the runtime before us may need to end
logger = logging.getLogger("narvi_desktop.runtime")


def run(
    paths: Paths,
    foreground: bool,
    port: int | None = None,
    adopt: tuple[int, int, int] | None = None,
    window: bool = False,
) -> int:
    """Be the runtime until nothing needs it; returns the exit code.

    Args:
        adopt: the pipes and the process id of a window host that outlived the last runtime.
        window: the first command will open a window, so its host is spawned at once.

    In the background the one line on stdout tells the starter "ready", or what is wrong.
    """
    paths.make()
    lock = LockFile(paths.run / "runtime.lock")
    if not _acquired(lock, 0 if foreground else _LEAVING_TAKES):
        return _report(foreground, "narvi-desktop runs already.", FAILED)
    config = configuration.load(paths.config)
    if not foreground:
        os.chdir(os.sep)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    if config.complaint:
        logger.warning("%s", config.complaint)
    host = _early_host(paths, config) if window and adopt is None else None
    # Late: only the holder of the lock pays for the server.
    import asyncio

    return asyncio.run(_serve(paths, config, foreground, port, adopt, host))


def _early_host(paths: Paths, config: configuration.Config) -> subprocess.Popen[bytes] | None:
    """The window host, before aiohttp is imported: both load side by side."""
    from narvi_desktop.windows.availability import why_not
    from narvi_desktop.windows.host_process import spawn_host

    if why_not(os.environ) is not None:
        return None
    try:
        return spawn_host(config.settings, paths.state / "pages", paths.logs / "windows.log", {})
    except OSError:
        return None  # the first window tries again, and says what is wrong


async def _serve(
    paths: Paths,
    config: configuration.Config,
    foreground: bool,
    port: int | None,
    adopt: tuple[int, int, int] | None,
    host: subprocess.Popen[bytes] | None,
) -> int:
    import asyncio

    from narvi_desktop.library.finder import Finder
    from narvi_desktop.runtime.api.apps import Commands
    from narvi_desktop.runtime.api.library import Changing
    from narvi_desktop.runtime.app_list import Shelf
    from narvi_desktop.runtime.app_registry import Catalogue
    from narvi_desktop.runtime.command_bridge import Desk
    from narvi_desktop.runtime.idle_shutdown import Lifetime
    from narvi_desktop.runtime.monitoring import Monitoring
    from narvi_desktop.server.broken import BrokenApps
    from narvi_desktop.server.control import Control
    from narvi_desktop.server.front import Front
    from narvi_desktop.server.hub import Hub
    from narvi_desktop.server.site import SYSTEM, NoSite, Sites
    from narvi_desktop.state.ports import Ports
    from narvi_desktop.state.recent_apps import Used
    from narvi_desktop.state.window_geometry import WindowGeometryStore
    from narvi_desktop.windows.browser import AppBrowser
    from narvi_desktop.windows.host_process import AdoptedHost
    from narvi_desktop.windows.manager import WindowManager

    # 1. What is served, and where.
    port = config.port if port is None else port
    sites = Sites(Ports(paths.state / "ports.json", port).bind)
    hub = Hub(config.settings, paths.logs)
    places = WindowGeometryStore(paths.state / "places.json")
    windows = WindowManager(
        config.settings,
        paths.state / "pages",
        paths.logs / "windows.log",
        paths.state / "windows.json",
        places,
    )
    broken = BrokenApps()
    browser = AppBrowser(paths.state / "chromium", paths.logs / "windows.log")
    lifetime = Lifetime(hub, sites, windows, stays=foreground or config.keep_running)
    finder = Finder(paths.installed)
    catalogue = Catalogue(hub, finder, paths, config)
    used = Used(paths.state / "used.json")
    commands = Commands(hub, sites, catalogue, lifetime, windows, browser, broken, used)
    windows.delegate = commands.attending
    shelf = Shelf(hub, finder, catalogue, windows, used)
    changing = Changing(hub, finder, catalogue, windows, used, paths)
    table = {**commands.table, **shelf.table, **changing.table}
    catalogue.given[SYSTEM, "home"] = {"desk": Desk(table, lambda: windows.environment)}
    monitoring = Monitoring(hub, sites, lambda: [key._asdict() for key in windows.open_keys()])
    control = Control(table, config.settings.control_body_limit, {"watch": monitoring.watch})
    token = secrets.token_urlsafe(32)
    front = Front(hub, sites, token.encode(), control.answer)
    front.apps.broken = broken
    # 2. The first site; the others follow with the first use of their workspace.
    try:
        origin = sites.of_workspace(SYSTEM).origin
    except NoSite as error:
        sentence = str(error) if port is None else f"Port {port} cannot be had: {error.reason}."
        return _report(foreground, sentence, NO_PORT)
    if host is not None:
        windows.expect(host)
    # 3. Tell who we are, then serve.
    write_record(paths.record, Record(narvi_desktop.__version__, os.getpid(), origin, token))
    logger.info("narvi-desktop %s serves at %s, process %d", narvi_desktop.__version__, origin, os.getpid())
    hub.on_round.append(lifetime.check)
    rounds = asyncio.create_task(hub.run_rounds())
    _take_signals(lifetime)
    if adopt is not None:
        commands.adopt(AdoptedHost(*adopt))
    _report(foreground, f"Serving at {origin}; Ctrl-C ends it.", DONE)
    await lifetime.done.wait()
    # 4. Leave.
    logger.info("leaving")
    paths.record.unlink(missing_ok=True)
    front.stop_accepting()
    monitoring.close()
    rounds.cancel()
    await _within(config.settings.stop_runtime, hub, front, windows)
    places.save()
    return DONE


def _acquired(lock: LockFile, patience: float) -> bool:
    """Whether we hold the lock; its last holder may be leaving just now."""
    until = time.monotonic() + patience
    while not lock.acquire():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


async def _within(seconds: float, hub: Hub, front: Any, windows: WindowManager) -> None:
    """Close listeners and workers first, then what is still connected."""
    import asyncio

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await hub.close()
            await windows.stop()
            await front.close(1)


def _take_signals(lifetime: Lifetime) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, lifetime.leave)
        except NotImplementedError:  # Windows has no handlers on its loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(lifetime.leave))


def _report(foreground: bool, message: str, code: int) -> int:
    if foreground:
        print(message, file=sys.stderr if code else sys.stdout, flush=True)
        return code
    line = {"ready": True} if code == DONE else {"error": message, "exit_code": code}
    # The starter may have given up; that is no reason to end.
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(line), flush=True)
    # From now on nobody reads: the pipe's end tells the starter that all is said.
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    return code
