"""Which apps have been opened, and when: home shows what was used last first."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from narvi_desktop.state import json_store as kept

_MOST, _MOST_IDS = 200, 20


@dataclass
class Use:
    """When an app was opened last (seconds since 1970), and the service ids that were asked for, newest first."""

    at: float
    service_ids: list[str] = field(default_factory=list)


class Used:
    """By what opens the app: "workspace/app", or the path of a folder."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._uses: dict[str, Use] = kept.load(file, _parse, {})

    def note(self, asked: str, service_id: str | None) -> None:
        use = self._uses.pop(asked, Use(0.0))
        use.at = time.time()
        if service_id is not None:
            others = [known for known in use.service_ids if known != service_id]
            use.service_ids = [service_id, *others][:_MOST_IDS]
        self._uses[asked] = use
        for oldest in sorted(self._uses, key=lambda name: self._uses[name].at)[:-_MOST]:
            del self._uses[oldest]
        self._save()

    def of(self, asked: str) -> Use:
        return self._uses.get(asked, Use(0.0))

    def paths(self) -> list[Path]:
        """The folders that were opened by path."""
        return [Path(asked) for asked in self._uses if Path(asked).is_absolute()]

    def forget(self, asked: str) -> bool:
        """Whether it was known."""
        known = self._uses.pop(asked, None) is not None
        if known:
            self._save()
        return known

    def _save(self) -> None:
        kept.save(self._file, {asked: asdict(use) for asked, use in self._uses.items()})


def _parse(value: Any) -> dict[str, Use]:
    uses = {str(asked): Use(float(use["at"]), list(map(str, use["service_ids"]))) for asked, use in value.items()}
    return uses
