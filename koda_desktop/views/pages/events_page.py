"""The Events page, for operators: Stripe's reports, what became of each, and replaying them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QStackedWidget, QWidget

from koda_desktop.errors import KodaError
from koda_desktop.views.event_words import event_line, event_pill, replayed_words
from koda_desktop.views.format import counted, exactly
from koda_desktop.views.money_words import again_words, fault_look
from koda_desktop.views.tables.plain_table import PlainTable
from koda_desktop.views.theme.fonts import mono
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.facts import Facts
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.page_header import SIDE_MARGIN, PageHeader
from koda_desktop.views.widgets.pill import Pill
from koda_desktop.views.widgets.search_field import SearchField
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.workspace.money_rows import EventRow, Replayed

_HEADINGS = ("Type", "Age", "Tries", "State", "Error")
_WIDTHS = (270, 120, 70, 110, 0)
_AGE, _TRIES = 1, 2
_WAITING, _EMPTY, _NO_MATCH, _TABLE = range(4)
_PANEL_WIDTH = 380
_REPLAY = "Replay it once its cause is fixed."


class EventIntents(Protocol):
    """What the page asks of its controller."""

    def choose(self, only_open: bool) -> None: ...
    def refresh(self) -> None: ...
    def more(self) -> None: ...
    def replay(self, event_ids: Sequence[str]) -> None: ...


class EventsPage(QWidget):
    """A view of EventsController, which is given by ``attach``."""

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._intents: EventIntents | None = None
        self._events: Sequence[EventRow] = ()
        self._has_read = False
        self.setObjectName("events-page")
        self._replay = Button(theme, "Replay", "events-replay", kind=Kind.PRIMARY, icon="redo")
        self._again = Button(theme, "Refresh", "events-refresh", icon="refresh")
        self._header = PageHeader("Events", self._again, self._replay)
        self._banner = Banner(theme, "events-banner")
        self._report = Banner(theme, "events-report")
        self._filter = Segments(theme, ("All", "Not done"), "events-filter", "Which events")
        self.search_field = SearchField(
            theme, "Type, id or error", "events-search", "Search the events that are listed"
        )
        self._more = Button(theme, "Older events", "events-more", small=True)
        self.table = PlainTable(
            theme,
            _HEADINGS,
            _WIDTHS,
            "events-table",
            "Events",
            figures=frozenset({_TRIES}),
            is_many=True,
        )
        self.panel = EventPanel(theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(QWidget())
        nothing = "Stripe’s reports of payments, refunds and payouts appear here."
        self._stack.addWidget(EmptyState(theme, "bell", "No events", nothing))
        self._stack.addWidget(EmptyState(theme, "search", "No event matches", ""))
        self._stack.addWidget(self._split())
        self._lay_out()
        self._wire()

    def _split(self) -> QSplitter:
        self._frame = holder(column(self.panel, gap=0), "inspector", "event-frame")
        self._frame.setMinimumWidth(300)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.table)
        splitter.addWidget(self._frame)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([700, _PANEL_WIDTH])
        self._frame.hide()
        return splitter

    def _lay_out(self) -> None:
        side = SIDE_MARGIN
        self.search_field.setMaximumWidth(320)
        choice = row(self._filter, self._more, None, self.search_field, gap=12)
        choice.setStretch(3, 1)
        parts = (self._banner, self._report, choice)
        upper = column(*parts, gap=12, margins=(side, 0, side, 12))
        layout = column(self._header, upper, self._stack, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def _wire(self) -> None:
        self._banner.hide()
        self._report.hide()
        self._replay.setEnabled(False)
        self._replay.clicked.connect(self._ask_replay)
        self.search_field.searched.connect(self._list)
        self.table.picked.connect(self._show_event)
        self.table.selectionModel().selectionChanged.connect(self._offer)

    def attach(self, intents: EventIntents) -> None:
        """Pass what a person asks for to ``intents`` from now on."""
        self._intents = intents
        self._again.clicked.connect(intents.refresh)
        self._more.clicked.connect(intents.more)
        self._filter.chosen.connect(self._choose)

    # -- what the controller shows --

    def show_events(self, events: Sequence[EventRow] | None, *, has_more: bool) -> None:
        """None: they were not read yet."""
        self._has_read = events is not None
        self._events = events or ()
        self._more.setVisible(has_more)
        self._list()

    def show_busy(self, is_busy: bool) -> None:
        self._again.setEnabled(not is_busy)
        self._replay.setEnabled(not is_busy and bool(self.table.selected_keys()))
        if is_busy:
            self._header.set_remark("Reading…")
        else:
            self._list()

    def show_fault(self, error: KodaError | None) -> None:
        self._banner.setVisible(error is not None)
        if error is not None:
            tone, icon = fault_look(error)
            self._banner.tell(tone, error.what, again_words(error), icon)

    def show_replayed(self, replayed: Replayed | None) -> None:
        """What taking events in again came to."""
        self._report.setVisible(replayed is not None)
        if replayed is not None:
            self._report.tell(*replayed_words(replayed))

    @Slot()
    def _list(self) -> None:
        found = _matching(self._events, self.search_field.text())
        self.table.show_lines([event_line(one, self._now()) for one in found])
        self._header.set_remark(counted(len(found), "event") if self._has_read else "")
        nothing = _NO_MATCH if self._events else _EMPTY if self._has_read else _WAITING
        self._stack.setCurrentIndex(_TABLE if found else nothing)
        self._show_event(self.table.current_key())
        self._offer()

    @Slot(object)
    def _show_event(self, key: object) -> None:
        one = next((event for event in self._events if event.id == key), None)
        self._frame.setVisible(one is not None)
        # The panel says both of the event that is looked at, and the errors need the room.
        for place in (_AGE, _TRIES):
            self.table.setColumnHidden(place, one is not None)
        if one is not None:
            self.panel.show_event(one)

    @Slot()
    def _offer(self) -> None:
        """Say on the button how many would be taken in again."""
        number = len(self.table.selected_keys())
        words = f"Replay {counted(number, 'event')}" if number else "Replay"
        self._replay.setText(words)
        self._replay.setAccessibleName(words)
        self._replay.setEnabled(number > 0 and self._again.isEnabled())

    # -- what a person does --

    @Slot(int)
    def _choose(self, number: int) -> None:
        if self._intents is not None:
            self._intents.choose(number == 1)

    @Slot()
    def _ask_replay(self) -> None:
        keys = [str(key) for key in self.table.selected_keys()]
        if self._intents is not None and keys:
            self._intents.replay(keys)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._intents is not None:
            self._intents.refresh()


class EventPanel(QWidget):
    """One event whole: its payload as it was kept, which names nobody."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("event-panel")
        self._type = ElidedLabel("", "heading")
        self._pill = Pill()
        self._error = Banner(theme, "event-error")
        self._facts = Facts("event-facts")
        self._payload = QPlainTextEdit()
        self._payload.setObjectName("event-payload")
        self._payload.setAccessibleName("Payload, without personal data")
        self._payload.setReadOnly(True)
        self._payload.setFont(mono(12))
        self._payload.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._copy = Button(theme, "Copy", "event-copy", icon="copy", small=True)
        self._copy.setAccessibleName("Copy the payload")
        self._copy.clicked.connect(self._copy_payload)
        head = row(self._type, self._pill, gap=8)
        head.setStretch(0, 1)
        words = label("Personal data was hidden before it was kept.", "hint", wrap=True)
        title = row(label("Payload", "section"), None, self._copy)
        parts = (head, self._error, self._facts, 4, title, self._payload, words)
        layout = column(*parts, gap=10, margins=(20, 14, 20, 14))
        layout.setStretch(5, 1)
        self.setLayout(layout)

    def show_event(self, one: EventRow) -> None:
        self._type.set_full_text(one.type)
        self._pill.show_badge(event_pill(one))
        self._error.setVisible(bool(one.error))
        if one.error:
            self._error.tell("danger", "It could not be taken in", f"{one.error} {_REPLAY}")
        self._facts.show_facts(
            (
                ("Event", one.id),
                ("Reported", exactly(one.created)),
                ("Tries", str(one.tries)),
                ("Account", one.account),
                ("Waits for", one.waits_for),
            )
        )
        text = json.dumps(one.payload, indent=2, ensure_ascii=False, sort_keys=True)
        if text != self._payload.toPlainText():
            self._payload.setPlainText(text)

    @Slot()
    def _copy_payload(self) -> None:
        QGuiApplication.clipboard().setText(self._payload.toPlainText())


def _matching(events: Sequence[EventRow], text: str) -> list[EventRow]:
    words = text.lower().split()
    return [
        one
        for one in events
        if all(word in f"{one.type} {one.id} {one.error} {one.account}".lower() for word in words)
    ]
