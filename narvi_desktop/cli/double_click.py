"""What an entry of the desktop's menu starts: `open` without a terminal. An error is shown as a page in the browser."""

from __future__ import annotations

import html
import string
import sys
import webbrowser
from pathlib import Path

from narvi_desktop.control.errors import ControlError
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state.files import read_tail
from narvi_desktop.state.paths import Paths

from .open import HOME, open_app

_PAGE = Path(__file__).resolve().parent.parent / "web" / "error.html"


def main(arguments: list[str] | None = None) -> int:
    """Open an app: home without arguments, else what `open APP` or a narvi: address names. Returns the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    words = (given[1:] if given[:1] == ["open"] else given) or [HOME]
    paths = Paths.default()
    try:
        open_app(paths, words[0])
    except (ControlError, LibraryError, OSError) as error:
        if not getattr(error, "shown", False):
            _show_error(paths, str(error), getattr(error, "detail", ""))
        return 1
    return 0


def _show_error(paths: Paths, sentence: str, detail: str) -> None:
    hint = "To find the cause, type in a terminal: narvi-desktop doctor"
    log = f"{paths.runtime_log}\n\n{read_tail(paths.runtime_log) or 'There is none yet.'}"
    values = {"title": "narvi-desktop", "summary": sentence, "traceback": detail or hint, "log": log}
    page = string.Template(_PAGE.read_text(encoding="utf-8"))
    file = paths.state / "failed.html"
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        escaped = {name: html.escape(text) for name, text in values.items()}
        # Its buttons would need a runtime, and there may be none.
        file.write_text(page.safe_substitute(escaped, again="", tries="hidden", elsewhere="hidden"), encoding="utf-8")
    except OSError:
        return  # the page cannot be written: there is no other way to show the error
    webbrowser.open(file.as_uri())


if __name__ == "__main__":
    sys.exit(main())
