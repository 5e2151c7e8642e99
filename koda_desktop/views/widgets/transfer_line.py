"""One transfer: its file, how far it is, how fast, how long still, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from koda_desktop.sync.rows import TransferRow, TransferState
from koda_desktop.views.format import duration, exactly, size, speed
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import icon_button
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import ElidedLabel, label, set_style_property
from koda_desktop.views.widgets.layouts import column, holder, row

_LOOKS = {
    TransferState.QUEUED: ("clock", "text-tertiary"),
    TransferState.ACTIVE: ("upload", "accent-text"),
    TransferState.DONE: ("check-circle", "success"),
    TransferState.PARKED: ("alert", "danger-text"),
    TransferState.CANCELLED: ("stop", "text-tertiary"),
}
_MOVING = (TransferState.QUEUED, TransferState.ACTIVE)
_PERMILLE = 1000


def progress_words(row_: TransferRow) -> str:
    """What stands at the end of the line, in the words of a person."""
    if row_.state is TransferState.ACTIVE:
        return _active_words(row_)
    if row_.state is TransferState.QUEUED:
        return f"Waiting  ·  {size(row_.size)}"
    if row_.state is TransferState.DONE:
        return f"Sent  ·  {size(row_.size)}"
    if row_.state is TransferState.CANCELLED:
        return f"Cancelled  ·  {size(row_.bytes_done)} of {size(row_.size)}"
    return f"Stopped  ·  {size(row_.bytes_done)} of {size(row_.size)}"


def _active_words(row_: TransferRow) -> str:
    done = f"{size(row_.bytes_done)} of {size(row_.size)}"
    if row_.bytes_per_second <= 0:
        return done
    left = duration((row_.size - row_.bytes_done) / row_.bytes_per_second)
    return f"{done}  ·  {speed(row_.bytes_per_second)}  ·  {left} left"


class TransferLine(QWidget):
    """Shows one TransferRow; ``cancel`` and ``retry`` carry its id or its listing's."""

    cancelled = Signal(str)
    retried = Signal(str)

    def __init__(self, theme: Theme, row_: TransferRow) -> None:
        super().__init__()
        self._row = row_
        self.setObjectName(f"transfer-{row_.id}")
        self._icon = IconLabel(theme, "clock", "text-tertiary", 18)
        self._title = ElidedLabel(role="strong")
        self._words = label(role="hint")
        self._note = label(role="error", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _PERMILLE)
        self._retry = icon_button(theme, "refresh", "Try again", "transfer-retry", small=True)
        self._cancel = icon_button(theme, "close", "Cancel transfer", "transfer-cancel", small=True)
        self._retry.clicked.connect(self._ask_retry)
        self._cancel.clicked.connect(self._ask_cancel)
        head = row(self._title, self._words, gap=12)
        head.setStretch(0, 1)
        ends = holder(row(None, self._retry, self._cancel, gap=4))
        ends.setFixedWidth(58)
        middle = column(head, self._bar, self._note, gap=6)
        self.setLayout(row(self._icon, middle, ends, gap=12, margins=(24, 11, 20, 11)))
        self.show_row(row_)

    def show_row(self, row_: TransferRow) -> None:
        self._row = row_
        name, token = _LOOKS[row_.state]
        self._icon.set_icon(name, token)
        self._title.set_full_text(row_.listing_title or row_.file_name)
        self._words.setText(progress_words(row_))
        self._words.setToolTip(exactly(row_.finished_at or row_.created_at))
        self._show_bar(row_)
        self._show_note(row_)
        self._cancel.setVisible(row_.state in (*_MOVING, TransferState.PARKED))
        self._retry.setVisible(row_.state is TransferState.PARKED)
        self.setAccessibleName(f"{row_.listing_title}: {progress_words(row_)}")
        for button, verb in ((self._cancel, "Cancel transfer"), (self._retry, "Try again")):
            button.setAccessibleName(f"{verb}: {row_.listing_title}")

    def _show_bar(self, row_: TransferRow) -> None:
        self._bar.setVisible(row_.state in (TransferState.ACTIVE, TransferState.PARKED))
        self._bar.setValue(round(_PERMILLE * row_.bytes_done / max(row_.size, 1)))
        set_style_property(self._bar, "tone", "neutral" if row_.error else "accent")
        self._bar.setAccessibleName(progress_words(row_))

    def _show_note(self, row_: TransferRow) -> None:
        error = row_.error or {}
        told = f"{error.get('what', '')} {error.get('remedy', '')}".strip()
        self._note.setText(told if row_.state is not TransferState.DONE else "")
        self._note.setVisible(bool(self._note.text()))

    @Slot()
    def _ask_cancel(self) -> None:
        self.cancelled.emit(self._row.id)

    @Slot()
    def _ask_retry(self) -> None:
        self.retried.emit(self._row.listing_id)
