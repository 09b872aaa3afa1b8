"""The folders of this user that narvi-desktop writes to."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import platformdirs

NAME = "narvi-desktop"


@dataclass(frozen=True)
class Paths:
    """Each folder is created on first use, readable by this user only."""

    config: Path
    data: Path
    state: Path
    logs: Path
    cache: Path
    run: Path

    @classmethod
    def default(cls) -> Paths:
        dirs = platformdirs.PlatformDirs(NAME, appauthor=False)
        # The state folder, not XDG_RUNTIME_DIR: a login over ssh has none, and must meet the same runtime.
        state = dirs.user_state_path
        return cls(
            dirs.user_config_path,
            dirs.user_data_path,
            state,
            dirs.user_log_path,
            dirs.user_cache_path,
            state / "run",
        )

    def make(self) -> Paths:
        """Create the folders with mode 0700. Raises OSError."""
        for entry in fields(self):
            folder: Path = getattr(self, entry.name)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.run.chmod(0o700)
        return self

    @property
    def installed(self) -> Path:
        return self.data / "apps"

    @property
    def record(self) -> Path:
        return self.run / "runtime.json"

    @property
    def recent_apps(self) -> Path:
        return self.state / "used.json"

    @property
    def runtime_log(self) -> Path:
        return self.logs / "runtime.log"

    def app_log(self, workspace: str, service: str) -> Path:
        return self.logs / f"{workspace}.{service}.log"
