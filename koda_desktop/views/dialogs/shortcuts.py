"""The sheet of keyboard shortcuts: found by a word, changed in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QWidget

from koda_desktop.controllers.keys import KeyBindings
from koda_desktop.controllers.matching import score
from koda_desktop.views.actions import ACTIONS, FIXED_KEYS, Act, ActionWords, key_words
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind, icon_button
from koda_desktop.views.widgets.key_button import KeyButton
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.views.widgets.search_field import SearchField

_TEXT = "Click on keys, or press Enter on them, to take others. Backspace leaves an action without."


class _Line(QWidget):
    """One action with its keys, and the way back to its own."""

    def __init__(self, theme: Theme, act: Act, words: ActionWords, bindings: KeyBindings) -> None:
        super().__init__()
        self.act = act
        self.text = words.text.rstrip("…")
        self._bindings = bindings
        self.keys = KeyButton(theme, f"keys-{act.value}", self.text)
        spoken = f"Give “{self.text}” its own keys back"
        self._reset = icon_button(theme, "undo", spoken, f"keys-reset-{act.value}", small=True)
        kept = self._reset.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(kept)
        self._reset.clicked.connect(lambda: bindings.reset(act))
        self.setLayout(row(label(self.text), None, self._reset, self.keys, gap=6))
        self.show_keys()

    def show_keys(self) -> None:
        keys = self._bindings.of(self.act)
        self.keys.show_keys(keys[0] if keys else "")
        self._reset.setVisible(self._bindings.is_changed(self.act))

    def matches(self, text: str) -> bool:
        keys = " ".join(key_words(key) for key in self._bindings.of(self.act))
        return score(text, f"{self.text} {ACTIONS[self.act].menu} {keys}") is not None


class _FixedLine(QWidget):
    """Keys that cannot be changed, because the table or Qt's own fields know them."""

    def __init__(self, text: str, keys: str) -> None:
        super().__init__()
        self.keys = label(keys, "mono")
        self.keys.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(row(label(text), None, self.keys, margins=(0, 4, 0, 4)))


class ShortcutsDialog(Dialog):
    """Every action with its keys. Changes hold at once."""

    def __init__(self, theme: Theme, parent: QWidget | None, bindings: KeyBindings) -> None:
        super().__init__(parent, "Keyboard shortcuts", "shortcuts-dialog")
        self._bindings = bindings
        self._search = SearchField(
            theme, "Search actions and keys", "shortcuts-search", "Search actions and keys"
        )
        self._lines = [_Line(theme, act, words, bindings) for act, words in ACTIONS.items()]
        self._groups = [self._group(name) for name in ("File", "Edit", "View", "Help", "")]
        self._fixed = [(text, _FixedLine(text, keys)) for text, keys in FIXED_KEYS]
        self._fixed_head = label("In tables and forms", "section")
        self._note = label("", "hint", wrap=True, name="shortcuts-note")
        self._defaults = Button(theme, "Restore all", "shortcuts-defaults", kind=Kind.QUIET)
        self._close = Button(theme, "Close", "shortcuts-close")
        self._lay_out()
        self._wire()

    def _group(self, menu: str) -> tuple[QLabel, Sequence[_Line]]:
        lines = [one for one in self._lines if ACTIONS[one.act].menu == menu]
        return label(menu or "Window", "section"), lines

    def _lay_out(self) -> None:
        listed = column(gap=2, margins=(0, 0, 10, 0))
        for head, lines in self._groups:
            listed.addWidget(head)
            for one in lines:
                listed.addWidget(one)
            listed.addSpacing(12)
        listed.addWidget(self._fixed_head)
        for _, fixed in self._fixed:
            listed.addWidget(fixed)
        listed.addStretch(1)
        area = scrolled(holder(listed), "shortcuts-scroll")
        body = column(self._search, area, self._note, gap=10)
        body.setStretch(1, 1)
        self.resize(520, 640)
        self.setMinimumSize(420, 380)
        self.lay_out(body, self._defaults, None, self._close, text=_TEXT)
        self._search.setFocus()

    def _wire(self) -> None:
        self._close.clicked.connect(self.accept)
        self._search.searched.connect(self._show_matching)
        self._defaults.clicked.connect(self._bindings.reset_all)
        self._bindings.changed.connect(self._show_keys)
        for one in self._lines:
            one.keys.pressed_keys.connect(_binder(self, one))
            one.keys.refused.connect(self._tell)
            one.keys.listening.connect(self._tell)
        self._tell()
        self._show_keys()

    @Slot()
    @Slot(str)
    def _tell(self, text: str = "") -> None:
        """Below the list, which has the room while there is nothing to tell."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def bind(self, line: _Line, key: str) -> None:
        """Give the action of ``line`` these keys, and say whose they were."""
        holder_ = self._bindings.holder(key) if key else None
        self._bindings.bind(line.act, key)
        if holder_ is not None and holder_ != line.act:
            other = ACTIONS[Act(holder_)].text.rstrip("…")
            self._tell(f"{key_words(key)} was “{other}”, which has no such keys now.")
        else:
            self._tell()

    @Slot()
    def _show_keys(self) -> None:
        for one in self._lines:
            one.show_keys()
        self._align_keys()
        self._defaults.setEnabled(self._bindings.any_changed)

    def _align_keys(self) -> None:
        """All keys in one column, as wide as the longest of them."""
        buttons = [one.keys for one in self._lines]
        texts = [one.keys for _, one in self._fixed]
        width = max(one.sizeHint().width() for one in (*buttons, *texts))
        for one in (*buttons, *texts):
            one.setFixedWidth(width)

    @Slot(str)
    def _show_matching(self, text: str) -> None:
        for head, lines in self._groups:
            seen = [one.matches(text) for one in lines]
            for one, is_seen in zip(lines, seen, strict=True):
                one.setVisible(is_seen)
            head.setVisible(any(seen))
        fixed = [score(text, words) is not None for words, _ in self._fixed]
        for (_, widget), is_seen in zip(self._fixed, fixed, strict=True):
            widget.setVisible(is_seen)
        self._fixed_head.setVisible(any(fixed))
        nothing = not any(one.isVisibleTo(self) for one in self._lines) and not any(fixed)
        self._tell(f"No action matches “{text}”." if nothing else "")


def _binder(dialog: ShortcutsDialog, line: _Line) -> object:
    def bind(key: str) -> None:
        dialog.bind(line, key)

    return bind
