"""The commands of the control API: the name of each, what it takes and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from .answers import (
    AppListAnswer,
    InstallAnswer,
    LogAnswer,
    MessageAnswer,
    OpenAnswer,
    RemoveAnswer,
    RestartAnswer,
    StatusAnswer,
    StopAnswer,
)
from .requests import AppRequest, InstallRequest, MenuRequest, NoArguments, OpenRequest, RemoveRequest, Target

Request = TypeVar("Request")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Command(Generic[Request, Answer]):
    """`POST /api/NAME` with a request; answered with one JSON object."""

    name: str
    request: type[Request]
    answer: type[Answer]


OPEN = Command("open", OpenRequest, OpenAnswer)
URL = Command("url", Target, OpenAnswer)
RESTART = Command("restart", Target, RestartAnswer)
STOP = Command("stop", Target, StopAnswer)
STATUS = Command("status", NoArguments, StatusAnswer)
INSTALL = Command("install", InstallRequest, InstallAnswer)
REMOVE = Command("remove", RemoveRequest, RemoveAnswer)
MENU = Command("launcher", MenuRequest, MessageAnswer)
APPS = Command("apps", NoArguments, AppListAnswer)
LOG = Command("log", AppRequest, LogAnswer)
FORGET = Command("forget", AppRequest, MessageAnswer)
WATCH = "watch"  # a stream: one JSON object a line until either side ends it
