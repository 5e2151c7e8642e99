"""One transfer: its file, how far it is, how fast, how long still, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from koda_desktop.sync.rows import Direction, TransferRow, TransferState
from koda_desktop.views.format import duration, exactly, size, speed
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, icon_button
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import ElidedLabel, label, set_style_property
from koda_desktop.views.widgets.layouts import column, holder, row

_LOOKS = {
    TransferState.QUEUED: ("clock", "text-tertiary"),
    TransferState.PAUSED: ("pause", "warning-text"),
    TransferState.ACTIVE: ("upload", "accent-text"),
    TransferState.DONE: ("check-circle", "success"),
    TransferState.PARKED: ("error", "danger-text"),
    TransferState.CANCELLED: ("stop", "text-tertiary"),
}
_MOVING = (TransferState.QUEUED, TransferState.ACTIVE)
_ENDED = (TransferState.DONE, TransferState.CANCELLED)
_PERMILLE = 1000
_BUTTONS_WIDTH = 118


def state_of(row_: TransferRow) -> TransferState:
    """The state as a person sees it: paused as soon as they paused it."""
    return TransferState.PAUSED if row_.is_paused and row_.state in _MOVING else row_.state


def progress_words(row_: TransferRow) -> str:
    """What stands at the end of the line, in the words of a person."""
    state = state_of(row_)
    done = f"{size(row_.bytes_done)} of {size(row_.size)}"
    if state is TransferState.ACTIVE:
        return _active_words(row_)
    if state is TransferState.QUEUED:
        first = {True: "Goes first", False: "Goes last"}.get(row_.priority > 0)
        return f"{first if row_.priority else 'Waiting'}  ·  {size(row_.size)}"
    if state is TransferState.DONE:
        verb = "Saved" if row_.direction is Direction.DOWN else "Sent"
        return f"{verb}  ·  {size(row_.size)}"
    words = {TransferState.CANCELLED: "Cancelled", TransferState.PAUSED: "Paused"}
    return f"{words.get(state, 'Stopped')}  ·  {done}"


def _active_words(row_: TransferRow) -> str:
    done = f"{size(row_.bytes_done)} of {size(row_.size)}"
    if row_.parts_total > 1:
        done += f"  ·  part {min(row_.parts_done + 1, row_.parts_total)} of {row_.parts_total}"
    if row_.bytes_per_second <= 0:
        return done
    left = duration((row_.size - row_.bytes_done) / row_.bytes_per_second)
    return f"{done}  ·  {speed(row_.bytes_per_second)}  ·  {left} left"


class TransferLine(QWidget):
    """Shows one TransferRow; the signals carry it. ``more_asked`` also where a menu goes."""

    cancelled = Signal(object)
    retried = Signal(object)
    paused = Signal(object)
    more_asked = Signal(object, QPoint)

    def __init__(self, theme: Theme, row_: TransferRow) -> None:
        super().__init__()
        self._row = row_
        self.setObjectName(f"transfer-{row_.id}")
        self._icon = IconLabel(theme, "clock", "text-tertiary", 18)
        self._title = ElidedLabel(role="strong")
        self._words = label(role="hint")
        self._place = ElidedLabel(role="hint")
        self._note = label(role="error", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _PERMILLE)
        self._make_buttons(theme)
        head = row(self._title, self._words, gap=12)
        head.setStretch(0, 1)
        ends = holder(row(None, *self._buttons, gap=4))
        ends.setFixedWidth(_BUTTONS_WIDTH)
        middle = column(head, self._place, self._bar, self._note, gap=6)
        self.setLayout(row(self._icon, middle, ends, gap=12, margins=(24, 11, 20, 11)))
        self.show_row(row_)

    def _make_buttons(self, theme: Theme) -> None:
        self._retry = icon_button(theme, "refresh", "Try again", "transfer-retry", small=True)
        self._pause = icon_button(theme, "pause", "Pause", "transfer-pause", small=True)
        self._resume = icon_button(theme, "play", "Go on", "transfer-resume", small=True)
        self._more = icon_button(theme, "more", "More", "transfer-more", small=True)
        self._cancel = icon_button(theme, "close", "Cancel transfer", "transfer-cancel", small=True)
        self._buttons: tuple[Button, ...] = (
            self._retry,
            self._pause,
            self._resume,
            self._more,
            self._cancel,
        )
        self._retry.clicked.connect(self._ask_retry)
        self._pause.clicked.connect(self._ask_pause)
        self._resume.clicked.connect(self._ask_pause)
        self._more.clicked.connect(self._ask_more)
        self._cancel.clicked.connect(self._ask_cancel)

    def show_row(self, row_: TransferRow) -> None:
        self._row = row_
        state = state_of(row_)
        name, token = _LOOKS[state]
        if state is TransferState.ACTIVE and row_.direction is Direction.DOWN:
            name = "download"
        self._icon.set_icon(name, token)
        self._title.set_full_text(row_.listing_title or row_.file_name)
        self._words.setText(progress_words(row_))
        self._words.setToolTip(exactly(row_.finished_at or row_.created_at))
        self._place.set_full_text(row_.target)
        self._place.setVisible(bool(row_.target))
        self._show_bar(row_, state)
        self._show_note(row_)
        self._show_buttons(row_, state)
        way = "Download" if row_.direction is Direction.DOWN else "Upload"
        self.setAccessibleName(f"{way} {row_.listing_title}: {progress_words(row_)}")

    def _show_buttons(self, row_: TransferRow, state: TransferState) -> None:
        self._cancel.setVisible(state not in _ENDED)
        self._retry.setVisible(state is TransferState.PARKED)
        self._pause.setVisible(state in _MOVING)
        self._resume.setVisible(state is TransferState.PAUSED)
        self._more.setVisible(state is not TransferState.CANCELLED)
        for button in self._buttons:
            button.setAccessibleName(f"{button.toolTip()}: {row_.listing_title}")

    def _show_bar(self, row_: TransferRow, state: TransferState) -> None:
        shown = (TransferState.ACTIVE, TransferState.PARKED, TransferState.PAUSED)
        self._bar.setVisible(state in shown)
        self._bar.setValue(round(_PERMILLE * row_.bytes_done / max(row_.size, 1)))
        is_still = bool(row_.error) or state is TransferState.PAUSED
        set_style_property(self._bar, "tone", "neutral" if is_still else "accent")
        self._bar.setAccessibleName(progress_words(row_))

    def _show_note(self, row_: TransferRow) -> None:
        error = row_.error or {}
        told = f"{error.get('what', '')} {error.get('remedy', '')}".strip()
        self._note.setText(told if row_.state is not TransferState.DONE else "")
        self._note.setVisible(bool(self._note.text()))

    @Slot()
    def _ask_cancel(self) -> None:
        self.cancelled.emit(self._row)

    @Slot()
    def _ask_retry(self) -> None:
        self.retried.emit(self._row)

    @Slot()
    def _ask_pause(self) -> None:
        self.paused.emit(self._row)

    @Slot()
    def _ask_more(self) -> None:
        self.more_asked.emit(self._row, self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))
