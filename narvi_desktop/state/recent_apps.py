"""Which apps have been opened, and when: home shows the newest first."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from . import json_store
from .names import AppRef

_APP_LIMIT, _ID_LIMIT = 200, 20


@dataclass
class Use:
    """When an app was opened last (seconds since 1970), and with which service ids, newest first."""

    at: float
    service_ids: list[str] = field(default_factory=list)


class RecentApps:
    """Used on the event loop only."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._uses: dict[str, Use] = json_store.load(file, _parse, {})

    def record(self, app: AppRef, service_id: str | None) -> None:
        """Remember that an app is opened now."""
        use = self._uses.pop(str(app), Use(0.0))
        use.at = time.time()
        if service_id is not None:
            others = [other for other in use.service_ids if other != service_id]
            use.service_ids = [service_id, *others][:_ID_LIMIT]
        self._uses[str(app)] = use
        for oldest in sorted(self._uses, key=lambda name: self._uses[name].at)[:-_APP_LIMIT]:
            del self._uses[oldest]
        self._save()

    def of(self, app: AppRef) -> Use:
        """Return when and how an app was opened; never, for one that was not."""
        return self._uses.get(str(app), Use(0.0))

    def folders(self) -> list[Path]:
        """Return the app folders that were opened by path."""
        return [folder for text in self._uses if (folder := AppRef(text).folder) is not None]

    def forget(self, app: AppRef) -> bool:
        """Drop an app from the list; return whether it was there."""
        known = self._uses.pop(str(app), None) is not None
        if known:
            self._save()
        return known

    def _save(self) -> None:
        json_store.save(self._file, {text: asdict(use) for text, use in self._uses.items()})


def _parse(value: Any) -> dict[str, Use]:
    return {str(text): Use(float(use["at"]), list(map(str, use["service_ids"]))) for text, use in value.items()}
