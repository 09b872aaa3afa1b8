"""The hostile page, and what it may get."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "server" / "border"


# Ways that get something at home, so that a way that cannot work at all is not taken for a border.
WORK_AT_HOME = {
    "fetch",
    "fetch no-cors",
    "fetch same-origin mode",
    "fetch post",
    "fetch put",
    "fetch delete",
    "fetch with a header",
    "fetch behind a redirect",
    "request",
    "socket",
    "iframe",
    "iframe behind a redirect",
    "object",
    "form get",
    "form post",
    "image",
    "image behind a redirect",
    "script",
    "module",
    "style",
    "worker",
    "shared worker",
    "worker that fetches",
    "worker that imports",
    "service worker",
    "service worker that fetches",
    "storage",
    "window",
    "window behind a redirect",
}


def stolen(results: dict[str, str]) -> dict[str, str]:
    return {name: result for name, result in results.items() if "SECRET" in result}
