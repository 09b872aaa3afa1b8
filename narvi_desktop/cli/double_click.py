"""What a launcher starts: `open` without a terminal. What goes wrong is shown as a page in the browser."""

from __future__ import annotations

import html
import string
import sys
import webbrowser
from pathlib import Path

from narvi_desktop.cli import client
from narvi_desktop.cli.open import HOME, open_app
from narvi_desktop.library.manifest import LibraryError
from narvi_desktop.state.paths import Paths

_PAGE = Path(__file__).resolve().parent.parent / "web" / "error.html"


def main(arguments: list[str] | None = None) -> int:
    """No argument: home. `open APP`, or a narvi: address: that. Returns 0, or 1 when nothing could be shown."""
    given = sys.argv[1:] if arguments is None else arguments
    text = (given[1:] if given[:1] == ["open"] else given) or [HOME]
    paths = Paths.default()
    try:
        open_app(paths, text[0], None)
    except (client.ControlError, LibraryError, OSError) as error:
        if not getattr(error, "shown", False):
            _tell(paths, str(error), getattr(error, "detail", ""))
        return 1
    return 0


def _tell(paths: Paths, sentence: str, detail: str) -> None:
    hint = "narvi-desktop doctor, in a terminal, looks for the cause."
    log = f"{paths.runtime_log}\n\n{_tail(paths.runtime_log)}"
    values = {"title": "narvi-desktop", "summary": sentence, "traceback": detail or hint, "log": log}
    page = string.Template(_PAGE.read_text(encoding="utf-8"))
    file = paths.state / "failed.html"
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        escaped = {name: html.escape(text) for name, text in values.items()}
        # Its buttons lead to a runtime, and there may be none.
        file.write_text(page.safe_substitute(escaped, again="", tries="hidden", elsewhere="hidden"), encoding="utf-8")
    except OSError:
        return  # a disk that takes no page: nothing is left to tell it with
    webbrowser.open(file.as_uri())


def _tail(log: Path) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
    except OSError:
        return "There is none yet."


if __name__ == "__main__":
    sys.exit(main())
