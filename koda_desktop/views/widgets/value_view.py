"""One value of a field, readable and to be copied, with what changed in it marked."""

from __future__ import annotations

import math

from PySide6.QtCore import QMetaObject, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QStackedWidget, QTextEdit, QWidget

from koda_desktop.sync.rows import Side
from koda_desktop.views.text_diff import Piece, PieceKind, pieces, replaced
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.value_words import is_prose, value_words
from koda_desktop.views.widgets.flow import FlowLayout
from koda_desktop.views.widgets.layouts import clear, column, holder
from koda_desktop.views.widgets.pill import Pill

_TONES = {PieceKind.ADDED: "success", PieceKind.REMOVED: "danger"}


class ValueView(QStackedWidget):
    """Text with a diff against the value before it, or chips for tags. Where it ``strikes``, a
    value that is no text stands beside the one before it, which is struck out."""

    def __init__(self, theme: Theme, name: str, *, strikes: bool = False) -> None:
        super().__init__()
        self._strikes = strikes
        self._theme = theme
        self._shown: tuple[str, Side, Side | None] | None = None
        self._most = 0
        self.setObjectName(name)
        self._text = _text(f"{name}-text")
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, 5)
        self.addWidget(self._text)
        self.addWidget(holder(column(self._chips, None, margins=(0, 4, 0, 0))))
        theme.changed.connect(self._again)

    def show_value(self, field: str, side: Side, before: Side | None = None) -> None:
        """Show ``side``; where there is a ``before``, what was added and removed is marked."""
        self._shown = (field, side, before)
        words = value_words(field, side)
        self.setAccessibleName(words)
        if field == "tags" and isinstance(side.value, list):
            self._show_tags(side, before)
            return
        self.setCurrentIndex(0)
        self._text.clear()
        self._text.setAccessibleName(words)
        was = f"Before: {value_words(field, before)}" if before is not None else ""
        self._text.setAccessibleDescription(was)
        if before is not None and is_prose(field, side) and is_prose(field, before):
            self._write(pieces(before.value, side.value))
        elif self._strikes and before is not None:
            self._write(replaced(value_words(field, before), words))
        else:
            is_missing = not side.is_set or side.value in (None, "")
            self._insert(words, "text-tertiary" if is_missing else "text")
        self._text.moveCursor(QTextCursor.MoveOperation.Start)

    def fit_height(self, most: int) -> None:
        """Be as tall as the value needs at this width, ``most`` pixels at the most."""
        self._most = most
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A height set in here would be undone inside: the layout follows this event, not the next.
        queued = Qt.ConnectionType.QueuedConnection
        QMetaObject.invokeMethod(self, "_fit", queued)

    @Slot()
    def _fit(self) -> None:
        if not self._most:
            return
        needed = self._flow.heightForWidth(self.width()) + 8
        if self.currentIndex() == 0:
            self._text.document().setTextWidth(self.width())
            needed = math.ceil(self._text.document().size().height()) + 2
        self.setFixedHeight(min(needed, self._most))

    def sizeHint(self) -> QSize:
        return QSize(180, 84)

    def _write(self, found: list[Piece]) -> None:
        for piece in found:
            tone = _TONES.get(piece.kind)
            is_removed = piece.kind is PieceKind.REMOVED
            self._insert(piece.text, f"{tone}-text" if tone else "text", tone, is_removed)

    def _insert(
        self, text: str, token: str, tone: str | None = None, is_removed: bool = False
    ) -> None:
        style = QTextCharFormat()
        style.setForeground(self._theme.color(token))
        if tone:
            style.setBackground(self._theme.color(f"{tone}-subtle"))
        style.setFontStrikeOut(is_removed)
        self._text.textCursor().insertText(text, style)

    def _show_tags(self, side: Side, before: Side | None) -> None:
        self.setCurrentIndex(1)
        clear(self._flow)
        old = before.value if before and isinstance(before.value, list) else None
        for tag in side.value:
            is_new = old is not None and tag not in old
            self._flow.addWidget(_chip(str(tag), "success" if is_new else "neutral", "+ ", is_new))
        for tag in [tag for tag in old or () if tag not in side.value]:
            self._flow.addWidget(_chip(str(tag), "danger", "\N{MINUS SIGN} ", True))
        if not side.value and not old:
            self._flow.addWidget(_chip("None", "neutral", "", False))
        self._chips.updateGeometry()

    @Slot()
    def _again(self) -> None:
        if self._shown is not None:
            self.show_value(*self._shown)


def _chip(text: str, tone: str, sign: str, is_signed: bool) -> Pill:
    cut = text if len(text) <= 28 else text[:27] + "…"
    made = Pill(f"{sign}{cut}" if is_signed else cut, tone)
    made.setToolTip(text if cut != text else "")
    said = {"success": "added", "danger": "removed"}.get(tone, "")
    made.setAccessibleName(f"{text}, {said}" if said else text)
    return made


def _text(name: str) -> QTextEdit:
    made = QTextEdit()
    made.setObjectName(name)
    made.setReadOnly(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setTabChangesFocus(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.document().setDocumentMargin(0)
    made.viewport().setAutoFillBackground(False)
    return made
