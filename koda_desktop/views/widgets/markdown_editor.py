"""A text with Markdown marks: buttons that set them, and the text as a buyer reads it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QWidget

from koda_desktop.models.vocabulary import DESCRIPTION_MAX
from koda_desktop.views.format import count
from koda_desktop.views.markdown_edits import (
    Edited,
    link,
    toggle_heading,
    toggle_list,
    toggle_mark,
)
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.labels import label, restyle
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.markdown_view import MarkdownView
from koda_desktop.views.widgets.segments import Segments

Change = Callable[[str, int, int], Edited]
_BUTTONS: tuple[tuple[str, str, str, Change], ...] = (
    ("B", "bold", "Bold (Ctrl+B)", lambda text, start, end: toggle_mark(text, start, end, "**")),
    ("I", "italic", "Italic (Ctrl+I)", lambda text, start, end: toggle_mark(text, start, end, "*")),
    ("H", "heading", "Heading", toggle_heading),
    ("• List", "list", "List", toggle_list),
    ("1. Steps", "steps", "Numbered list", lambda t, s, e: toggle_list(t, s, e, numbered=True)),
    ("</>", "code", "Code", lambda text, start, end: toggle_mark(text, start, end, "`")),
    ("Link", "link", "Link", link),
)
_KEYS = {Qt.Key.Key_B: "bold", Qt.Key.Key_I: "italic"}
_LEAST_HEIGHT = 260


class _Text(QPlainTextEdit):
    """Takes Ctrl+B and Ctrl+I for itself while it has the keyboard."""

    wanted = Signal(str)

    def event(self, event: QEvent) -> bool:
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and self._name(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = self._name(event)
        if name and not self.isReadOnly():
            self.wanted.emit(name)
        else:
            super().keyPressEvent(event)

    def _name(self, event: QKeyEvent) -> str:
        is_control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return _KEYS.get(Qt.Key(event.key()), "") if is_control else ""


class MarkdownEditor(QWidget):
    """``edited`` is emitted when a person changed the text."""

    edited = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._is_filling = False
        self._text = _Text()
        self._text.setObjectName(name)
        self._text.setAccessibleName("Description, in Markdown")
        self._text.setTabChangesFocus(True)
        self._text.setPlaceholderText("What it does, for whom, and what it needs")
        self._text.setMinimumHeight(_LEAST_HEIGHT)
        self._view = MarkdownView(theme, f"{name}-preview", "Description as a buyer reads it")
        self._modes = Segments(theme, ("Write", "Preview"), f"{name}-mode", "Description")
        self._length = label("", "hint")
        self._buttons = [self._button(theme, name, *each) for each in _BUTTONS]
        self._stack = QStackedWidget()
        self._stack.addWidget(self._text)
        self._stack.addWidget(holder(column(self._view, margins=(12, 10, 4, 10)), "box"))
        self._tools = holder(row(*self._buttons, gap=2))
        head = row(self._modes, self._tools, None, self._length, gap=12)
        layout = column(head, self._stack, gap=6)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setFocusProxy(self._text)
        self._text.textChanged.connect(self._changed)
        self._text.wanted.connect(self._do)
        self._modes.chosen.connect(self._show_mode)

    def _button(self, theme: Theme, name: str, text: str, key: str, tip: str, _: Change) -> Button:
        made = Button(theme, text, f"{name}-{key}", kind=Kind.QUIET, small=True, spoken=tip)
        made.setToolTip(tip)
        font = made.font()
        font.setBold(key in ("bold", "heading"))
        font.setItalic(key == "italic")
        made.setFont(font)
        made.clicked.connect(lambda: self._do(key))
        return made

    def text(self) -> str:
        return self._text.toPlainText()

    def show_text(self, text: str) -> None:
        """Show ``text`` without ``edited``; what differs in white space at its ends stays, for
        somebody may be typing there.
        """
        if self._text.toPlainText().strip() != text.strip():
            self._is_filling = True
            self._text.setPlainText(text)
            self._is_filling = False
        self._show_length()
        self._view.show_markdown(text)

    def set_read_only(self, read_only: bool) -> None:
        if self._text.isReadOnly() != read_only:
            self._text.setReadOnly(read_only)
            restyle(self._text)
        self._tools.setVisible(not read_only and self._stack.currentIndex() == 0)

    @Slot(int)
    def _show_mode(self, mode: int) -> None:
        self._view.show_markdown(self.text())
        self._stack.setCurrentIndex(mode)
        self._tools.setVisible(mode == 0 and not self._text.isReadOnly())

    @Slot(str)
    def _do(self, key: str) -> None:
        """One step of undo, whatever it changes."""
        change = next(each[3] for each in _BUTTONS if each[1] == key)
        cursor = self._text.textCursor()
        # Qt counts in UTF-16, where a sign outside the first plane takes two places.
        text = self.text()
        start, end = (_place(text, at) for at in (cursor.selectionStart(), cursor.selectionEnd()))
        edited = change(text, start, end)
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(edited.text)
        cursor.endEditBlock()
        cursor.setPosition(_units(edited.text[: edited.start]))
        cursor.setPosition(_units(edited.text[: edited.end]), QTextCursor.MoveMode.KeepAnchor)
        self._text.setTextCursor(cursor)
        self._text.setFocus()

    @Slot()
    def _changed(self) -> None:
        if not self._is_filling:
            self._show_length()
            self.edited.emit()

    def _show_length(self) -> None:
        length = len(self.text())
        near = length > DESCRIPTION_MAX * 9 // 10
        self._length.setText(f"{count(length)} of {count(DESCRIPTION_MAX)}" if near else "")


def _units(text: str) -> int:
    """How many UTF-16 code units ``text`` has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _place(text: str, units: int) -> int:
    """The place in ``text`` after this many UTF-16 code units."""
    data = text.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(data.decode("utf-16-le", "surrogatepass"))
