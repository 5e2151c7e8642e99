"""The one door through which anything is told to the person outside a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from koda_desktop.errors import Cancelled, KodaError


class Level(StrEnum):
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


class MessageAction(NamedTuple):
    """A button on a message."""

    text: str
    run: Callable[[], None]


class Message(NamedTuple):
    """``text`` in one sentence, ``detail`` below it. The same ``key`` replaces what it said."""

    level: Level
    text: str
    detail: str = ""
    actions: tuple[MessageAction, ...] = ()
    key: str = ""


class Messages(QObject):
    """Hands messages to whoever listens; keeps them while nobody does. GUI thread only."""

    posted = Signal(object)
    """A Message."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: list[Message] = []
        self._has_listener = False

    def listen(self, listener: Callable[[Message], None]) -> None:
        """Hand ``listener`` what was held back, and every message from now on."""
        self.posted.connect(listener)
        self._has_listener = True
        held, self._held = self._held, []
        for message in held:
            self.posted.emit(message)

    def post(self, message: Message) -> None:
        if self._has_listener:
            self.posted.emit(message)
        else:
            self._held.append(message)

    def tell(
        self, level: Level, text: str, detail: str = "", *actions: MessageAction, key: str = ""
    ) -> None:
        """Post a message made of these parts."""
        self.post(Message(level, text, detail, actions, key))

    def report(self, error: KodaError, *actions: MessageAction) -> None:
        """Tell a fault: what happened, what is kept, what to do. Stopping is not told."""
        if isinstance(error, Cancelled):
            return
        level = Level.WARNING if error.can_retry else Level.DANGER
        detail = " ".join(part for part in (error.kept, error.remedy) if part)
        self.tell(level, error.what, detail, *actions, key=f"error-{error.code}")
