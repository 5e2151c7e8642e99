"""Status pills: a state in one word and one tone, the same everywhere."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from koda_desktop.sync.rows import ListingState
from koda_desktop.views.widgets.labels import set_style_property


class Badge(NamedTuple):
    """What a state is called and which tone it has (``<tone>-text`` on ``<tone>-subtle``)."""

    text: str
    tone: str


STATE_BADGES = {
    ListingState.DRAFT: Badge("Draft", "neutral"),
    ListingState.WAITING: Badge("Waiting", "warning"),
    ListingState.PUBLISHING: Badge("Publishing", "info"),
    ListingState.PUBLISHED: Badge("Published", "success"),
    ListingState.REFUSED: Badge("Refused", "danger"),
    ListingState.CONFLICT: Badge("Conflict", "conflict"),
}


class Pill(QLabel):
    """A small rounded label."""

    def __init__(
        self, text: str = "", tone: str = "neutral", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_badge(self, badge: Badge) -> None:
        self.setText(badge.text)
        set_style_property(self, "tone", badge.tone)

    def show_state(self, state: ListingState) -> None:
        self.show_badge(STATE_BADGES[state])
