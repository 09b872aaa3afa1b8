"""The runtime's life: start, serve, stop."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import narvi_desktop
from narvi_desktop.control.errors import ExitCode
from narvi_desktop.state import config as configuration
from narvi_desktop.state.config import Config
from narvi_desktop.state.lock_file import LockFile
from narvi_desktop.state.names import SYSTEM
from narvi_desktop.state.paths import Paths
from narvi_desktop.state.record import Record, write_record

if TYPE_CHECKING:
    from .builder import Parts
    from .idle_shutdown import IdleShutdown

_LEAVING_TIMEOUT = 15.0  # seconds that the runtime before this one may need to end
_POLL = 0.02  # seconds between two looks at its lock
logger = logging.getLogger("narvi_desktop.runtime")


def run(
    paths: Paths,
    foreground: bool,
    port: int | None = None,
    adopt: tuple[int, int, int] | None = None,
    window: bool = False,
) -> int:
    """Be the runtime until nothing needs it; return the exit code.

    In the background one line on stdout tells the starter "ready", or what is wrong.

    Args:
        adopt: the pipes and the process id of a window host that outlived the last runtime.
        window: the first command will open a window, so its host is started at once.
    """
    paths.make()
    lock = LockFile(paths.run / "runtime.lock")
    if not _acquire(lock, 0 if foreground else _LEAVING_TIMEOUT):
        return _report(foreground, "narvi-desktop runs already.", ExitCode.FAILED)
    config = configuration.load(paths.config)
    if not foreground:
        os.chdir(os.sep)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    if config.problem:
        logger.warning("%s", config.problem)
    # Before aiohttp is imported, so that the window toolkit loads at the same time.
    host = _start_host_early(paths, config) if window and adopt is None else None
    # Late: only the holder of the lock pays for the server.
    import asyncio

    return asyncio.run(_serve(paths, config, foreground, port, adopt, host))


async def _serve(
    paths: Paths,
    config: Config,
    foreground: bool,
    port: int | None,
    adopt: tuple[int, int, int] | None,
    host: subprocess.Popen[bytes] | None,
) -> int:
    import asyncio

    from narvi_desktop.library import install
    from narvi_desktop.server.errors import PortUnavailable
    from narvi_desktop.windows.host_process import AdoptedHost

    from .builder import build

    # 1. Build the parts, and listen on the port of the first site; the others follow with their first use.
    if paths.installed.is_dir():
        with contextlib.suppress(OSError):
            install.tidy(paths.installed)  # a runtime that was killed may have left an app half replaced
    port = config.port if port is None else port
    parts = build(paths, config, port, stays=foreground or config.keep_running)
    try:
        origin = parts.sites.of_workspace(SYSTEM).origin
    except PortUnavailable as error:
        sentence = str(error) if port is None else f"Port {port} is not available: {error.reason}."
        return _report(foreground, sentence, ExitCode.NO_PORT)
    # 2. Write down how to reach this runtime, and serve.
    write_record(paths.record, Record(narvi_desktop.__version__, os.getpid(), origin, parts.token))
    logger.info("narvi-desktop %s serves at %s, process %d", narvi_desktop.__version__, origin, os.getpid())
    rounds = asyncio.create_task(parts.monitoring_loop.run())
    _handle_signals(parts.idle)
    if host is not None:
        parts.windows.expect(host)
    if adopt is not None:
        parts.window_restore.adopt(AdoptedHost(*adopt))
    _report(foreground, f"Serving at {origin}; Ctrl-C ends it.", ExitCode.DONE)
    await parts.idle.done.wait()
    # 3. Leave. The record goes first: who finds none waits for the lock and starts another runtime.
    logger.info("leaving")
    paths.record.unlink(missing_ok=True)
    parts.gateway.stop_accepting()
    parts.monitoring.close()
    rounds.cancel()
    await _close(parts, config.settings.stop_runtime)
    parts.geometries.save()
    return ExitCode.DONE


async def _close(parts: Parts, timeout: float) -> None:
    """End services first, so that their close listeners can still send; then windows, then connections."""
    import asyncio

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await parts.hub.close()
            await parts.windows.stop()
            await parts.gateway.close(1)


def _acquire(lock: LockFile, timeout: float) -> bool:
    """Take the lock; its last holder may be leaving just now."""
    deadline = time.monotonic() + timeout
    while not lock.acquire():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


def _start_host_early(paths: Paths, config: Config) -> subprocess.Popen[bytes] | None:
    """Start the window host if a window can be shown."""
    from narvi_desktop.windows.availability import why_not
    from narvi_desktop.windows.host_process import spawn_host

    if why_not(os.environ) is not None:
        return None
    try:
        return spawn_host(config.settings, paths.state / "pages", paths.logs / "windows.log", {})
    except OSError:
        return None  # the first window tries again, and says what is wrong


def _handle_signals(idle: IdleShutdown) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, idle.leave)
        except NotImplementedError:  # the loop of Windows has no signal handlers
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(idle.leave))


def _report(foreground: bool, message: str, code: int) -> int:
    """Tell the starter that this runtime serves, or why it does not; return the exit code."""
    if foreground:
        print(message, file=sys.stderr if code else sys.stdout, flush=True)
        return code
    line = {"ready": True} if code == ExitCode.DONE else {"error": message, "exit_code": int(code)}
    # The starter may have given up; that is no reason to end.
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(line), flush=True)
    # Nobody reads any more: a closed pipe is how the starter knows that the line was all.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    return code
