"""The details beside the Activity list: exactly what goes out, why it waits, what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from koda_desktop.sync.rows import OperationRow, OperationState, QuarantineRow, Verb, Wait
from koda_desktop.views.activity_words import operation_words, wait_words
from koda_desktop.views.format import counted, exactly, moment, size
from koda_desktop.views.tables.operations import Line
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, Kind, icon_button
from koda_desktop.views.widgets.change_list import ChangeList
from koda_desktop.views.widgets.facts import Facts
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.scroll import BAR_WIDTH, scrolled_beside

_SIDE = 20
_ICONS = {
    Wait.NOTHING: "clock",
    Wait.TURN: "clock",
    Wait.BACKOFF: "clock",
    Wait.HELD: "pause",
    Wait.PAUSED: "pause",
    Wait.ANSWER: "upload",
}
_TONES = {Wait.ANSWER: "info", Wait.PERSON: "danger", Wait.HELD: "warning", Wait.PAUSED: "warning"}


class ActivityPanel(QWidget):
    """Shows the selected lines; the signals are for all of them."""

    hold_asked = Signal()
    let_go_asked = Signal()
    drop_asked = Signal()
    retry_asked = Signal()
    edit_asked = Signal()
    settle_asked = Signal()
    copy_asked = Signal()
    close_asked = Signal()

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.setObjectName("activity-panel")
        self.setMinimumWidth(340)
        self._heading = label("", "strong", wrap=True, name="activity-panel-heading")
        self._banner = Banner(theme, "activity-banner")
        self._facts = Facts("activity-facts")
        self._values_head = label("What goes out", "section")
        self._values = ChangeList(theme, "activity-values")
        self._raw = label("", "mono", wrap=True, name="activity-raw")
        self._make_buttons(theme)
        close = icon_button(theme, "close", "Close details (Esc)", "activity-panel-close")
        close.clicked.connect(self.close_asked)
        head = holder(row(label("Details", "heading"), None, close, margins=(_SIDE, 0, 12, 0)))
        head.setFixedHeight(64)
        body = column(
            self._heading,
            self._banner,
            self._values_head,
            self._values,
            self._raw,
            6,
            self._facts,
            None,
            gap=10,
            margins=(_SIDE, 2, _SIDE - BAR_WIDTH, 20),
        )
        foot = row(None, *self._buttons.values(), gap=8, margins=(_SIDE, 10, _SIDE, 10))
        self._footer = holder(foot, "footer", "activity-footer")
        scroll = scrolled_beside(holder(body), "activity-panel-scroll")
        self.setLayout(column(head, scroll, self._footer, gap=0))

    def _make_buttons(self, theme: Theme) -> None:
        self._buttons = {
            "copy": Button(theme, "Copy the document", "activity-copy", icon="copy"),
            "drop": Button(theme, "Drop", "activity-drop", kind=Kind.QUIET, icon="trash"),
            "settle": Button(theme, "Choose a value", "activity-settle", icon="swap"),
            "edit": Button(theme, "Edit", "activity-edit", icon="edit"),
            "retry": Button(theme, "Try again", "activity-retry", icon="refresh"),
            "hold": Button(theme, "Hold back", "activity-hold", icon="pause"),
            "let_go": Button(theme, "Let go", "activity-let-go", icon="play"),
        }
        asked = {
            "copy": self.copy_asked,
            "drop": self.drop_asked,
            "settle": self.settle_asked,
            "edit": self.edit_asked,
            "retry": self.retry_asked,
            "hold": self.hold_asked,
            "let_go": self.let_go_asked,
        }
        for key, button in self._buttons.items():
            button.clicked.connect(asked[key])

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show one line in full, or what can be done to several."""
        operations = [one for one in lines if isinstance(one, OperationRow)]
        one = lines[0] if len(lines) == 1 else None
        self._show_buttons(operations, one)
        for part in (self._banner, self._values, self._values_head, self._raw, self._facts):
            part.setVisible(False)
        if isinstance(one, OperationRow):
            self._show_operation(one)
        elif isinstance(one, QuarantineRow):
            self._show_unreadable(one)
        else:
            self._heading.setText(f"{counted(len(lines), 'line')} selected")

    def _show_buttons(self, rows: Sequence[OperationRow], one: Line | None) -> None:
        single = one if isinstance(one, OperationRow) else None
        wanted = {
            "copy": isinstance(one, QuarantineRow),
            "drop": any(row_.can_drop for row_ in rows),
            "settle": any(row_.is_conflict for row_ in rows),
            "edit": single is not None and _can_edit(single),
            "retry": any(_can_retry(row_) for row_ in rows),
            "hold": any(row_.can_hold for row_ in rows),
            "let_go": any(row_.state is OperationState.HELD for row_ in rows),
        }
        for key, button in self._buttons.items():
            button.setVisible(wanted[key])
        self._footer.setVisible(any(wanted.values()))

    def _show_operation(self, shown: OperationRow) -> None:
        self._heading.setText(operation_words(shown))
        heading, text = wait_words(shown, self._now())
        self._banner.setVisible(bool(heading))
        if heading:
            tone = "conflict" if shown.is_conflict else _TONES.get(shown.wait, "neutral")
            icon = "" if shown.is_conflict else _ICONS.get(shown.wait, "")
            self._banner.tell(tone, heading, text, icon)
        has_values = bool(shown.changes)
        self._values.setVisible(has_values)
        self._values_head.setVisible(has_values)
        self._values_head.setText(_values_heading(shown))
        self._values.show_changes(shown.changes)
        self._facts.setVisible(True)
        self._facts.show_facts(_facts(shown, self._now()))

    def _show_unreadable(self, shown: QuarantineRow) -> None:
        self._heading.setText(f"Document {shown.id}")
        self._banner.setVisible(True)
        self._banner.tell(
            "warning",
            "Koda cannot read it",
            "It stays in the marketplace as it is, and everything else goes on. A newer version "
            "of Koda may know it.",
        )
        self._raw.setVisible(True)
        self._raw.setText(f"{shown.reason}\n\n{shown.raw[:4000]}")
        self._facts.setVisible(True)
        self._facts.show_facts((("Since", exactly(shown.at)),))


def _can_edit(row_: OperationRow) -> bool:
    """Whether its values can still be changed before they go."""
    waits = (OperationState.QUEUED, OperationState.HELD, OperationState.PARKED)
    return row_.verb in (Verb.EDIT, Verb.REGISTER) and row_.state in waits and not row_.is_conflict


def _can_retry(row_: OperationRow) -> bool:
    return row_.state is OperationState.PARKED and not row_.is_conflict


def _values_heading(row_: OperationRow) -> str:
    if row_.is_conflict:
        return "Your values, kept here"
    return "What went out" if row_.state is OperationState.SENDING else "What goes out"


def _facts(row_: OperationRow, now: datetime) -> tuple[tuple[str, str], ...]:
    due = moment(row_.next_at or "")
    file = row_.file
    return (
        ("File", file.name if file else ""),
        ("Size", f"{size(file.size)} ({file.size:,} bytes)" if file else ""),
        ("SHA-256", file.sha256 if file else ""),
        ("Changed", ", ".join(row_.fields) if row_.state is OperationState.DONE else ""),
        ("Attempts", str(row_.attempts) if row_.attempts else ""),
        ("Next try", exactly(row_.next_at) if due is not None and due > now else ""),
        ("Queued", exactly(row_.created_at)),
        ("Done", exactly(row_.finished_at)),
        ("Listing id", row_.listing_id),
        ("Operation", row_.operation_id),
    )
