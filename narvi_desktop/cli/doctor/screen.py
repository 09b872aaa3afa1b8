"""Check the display, the window toolkit (in a process of its own), its known pitfalls, and the browsers."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from narvi_desktop.windows import browser
from narvi_desktop.windows.availability import INSTALL, no_display, why_not

from .checks import Check
from .files import read_text

_TIMEOUT = 20.0  # seconds for a toolkit to load
_LINUX = sys.platform.startswith("linux")


class ScreenChecks:
    """Each public method checks one area. The toolkit is probed once, for several of them."""

    def __init__(self) -> None:
        self._probed: dict[str, Any] | None = None

    def display(self) -> Iterator[Check]:
        if not _LINUX:
            yield Check("display", "display", "ok", f"{platform.system()} draws its windows itself")
            return
        names = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE")
        values = ", ".join(f"{name}={os.environ[name]}" for name in names if os.environ.get(name)) or "none is set"
        if no_display(os.environ):
            fix = "Apps open as a printed address. For windows, start it from a desktop."
            yield Check("display", "display", "note", values, fix)
        else:
            yield Check("display", "display", "ok", values)

    def toolkit(self) -> Iterator[Check]:
        reason = why_not(os.environ)
        if reason is not None and reason != "there is no display":
            fix = f"Until then apps open in a browser. For windows: {INSTALL}"
            yield Check("toolkit", "installed", "note", reason, fix)
            return
        probed = self._probe()
        if reason is not None:
            yield Check("toolkit", "loads", "note", "not tried: there is no display")
        elif probed.get("done"):
            parts = [probed["toolkit"], f"pywebview {probed['pywebview']}"]
            parts += [f"Chromium {probed['chromium']}"] if "chromium" in probed else []
            if "platform" in probed:
                parts.append(f"platform {probed['platform']}, {len(probed['screens'])} screen(s)")
            yield Check("toolkit", "loads", "ok", ", ".join(parts))
        else:
            fix = f"Install the libraries that are missing (see below), or reinstall it: {INSTALL} --force-reinstall"
            yield Check("toolkit", "loads", "problem", f"{probed['failure']}; apps open in a browser", fix)

    def traps(self) -> Iterator[Check]:
        if not _LINUX or why_not(os.environ) not in (None, "there is no display"):
            return
        missing: dict[str, str] = self._probe().get("missing", {})
        if missing:
            yield Check("traps", "libraries", "problem", f"missing: {', '.join(missing)}", _install_line(missing))
        else:
            yield Check("traps", "libraries", "ok", "all that QtWebEngine needs can be loaded")
        yield from _sandbox()
        yield from _graphics()

    def browsers(self) -> Iterator[Check]:
        found = browser.find()
        if found is not None:
            yield Check("browsers", "app window", "ok", found)
        else:
            fix = "Only needed without a window toolkit."
            yield Check("browsers", "app window", "note", "no browser of the Chromium family", fix)
        try:
            name = getattr(webbrowser.get(), "name", "") or "the system's"
            yield Check("browsers", "default", "ok", str(name))
        except webbrowser.Error:
            fix = "Links to other sites cannot be opened; install a browser."
            yield Check("browsers", "default", "note", "none was found", fix)

    def _probe(self) -> dict[str, Any]:
        if self._probed is None:
            self._probed = probe_toolkit()
        return self._probed


def probe_toolkit() -> dict[str, Any]:
    """Return what the probe has printed; `failure` says how it ended when it did not finish."""
    environment = dict(os.environ)
    if sys.platform.startswith("linux") and os.getuid() == 0:
        environment["QTWEBENGINE_CHROMIUM_FLAGS"] = "--no-sandbox"
    command = [sys.executable, "-P", "-m", "narvi_desktop.windows.toolkit_probe"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, env=environment, check=False)
    except subprocess.TimeoutExpired:
        return {"failure": f"it has not loaded within {_TIMEOUT:g} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    found: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    if not found.get("done"):
        how = f"was ended by signal {-done.returncode}" if done.returncode < 0 else f"ended with {done.returncode}"
        last = [line for line in done.stderr.strip().splitlines() if line][-1:]
        found["failure"] = f"loading it {how}" + (f": {last[0]}" if last else "")
    return found


def _install_line(missing: dict[str, str]) -> str:
    """Return the commands that install missing libraries.

    Args:
        missing: the package of each library; empty where it is not known.
    """
    packages = sorted({package for package in missing.values() if package})
    unknown = [library for library, package in missing.items() if not package]
    lines = [f"sudo apt-get install {' '.join(packages)}"] if packages else []
    lines += [f"find the package of {library}: apt-file search {library}" for library in unknown]
    return "; ".join(lines)


def _sandbox() -> Iterator[Check]:
    if sys.platform != "win32" and os.getuid() == 0:
        fix = "Start narvi-desktop as a plain user."
        yield Check("traps", "sandbox", "note", "running as root: the sandbox of pages is off", fix)
        return
    restrictions = {
        "/proc/sys/kernel/unprivileged_userns_clone": "0",
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
    }
    for file, bad in restrictions.items():
        if (read_text(Path(file)) or "").strip() == bad:
            name = file.removeprefix("/proc/sys/").replace("/", ".")
            fix = f"Where windows stay empty: sudo sysctl {name}={'1' if bad == '0' else '0'}"
            yield Check("traps", "sandbox", "note", f"{name} is {bad}: Chromium may not sandbox its pages", fix)
            return
    yield Check("traps", "sandbox", "ok", "pages can be sandboxed")


def _graphics() -> Iterator[Check]:
    if not os.access("/dev/shm", os.W_OK):
        fix = "sudo mount -t tmpfs tmpfs /dev/shm"
        yield Check("traps", "shared memory", "problem", "/dev/shm cannot be written", fix)
    elif shutil.disk_usage("/dev/shm").free < 32 * 1024 * 1024:
        fix = "Make it larger, in a container with --shm-size=256m."
        yield Check("traps", "shared memory", "note", "/dev/shm has less than 32 MB free", fix)
    if Path("/proc/driver/nvidia").exists() and "WEBKIT_DISABLE_DMABUF_RENDERER" not in os.environ:
        fix = "Where windows of WebKit stay white: export WEBKIT_DISABLE_DMABUF_RENDERER=1"
        found = "an NVIDIA driver, with which WebKit's DMABUF renderer may show nothing"
        yield Check("traps", "DMABUF", "note", found, fix)
    if not Path("/dev/dri").exists():
        fix = "Nothing to do; where windows flicker: export QTWEBENGINE_CHROMIUM_FLAGS=--disable-gpu"
        yield Check("traps", "graphics", "note", "no graphics card: pages are drawn by the processor", fix)
