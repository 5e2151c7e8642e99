"""A button that shows keys, and takes the next ones pressed when it is activated."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence

from koda_desktop.views.actions import key_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.labels import set_style_property

_MODIFIERS = (
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
)
_STRONG = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_CLEARING = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class KeyButton(Button):
    """``pressed_keys`` carries what was pressed, empty to have no keys; ``refused`` says why not.

    Escape leaves the keys as they are. A letter alone cannot be taken: it would no longer type.
    """

    pressed_keys = Signal(str)
    refused = Signal(str)
    listening = Signal()

    # Qt asks ``event`` while the button is still being made.
    is_listening = False

    def __init__(self, theme: Theme, name: str, action_words: str) -> None:
        super().__init__(theme, "", name, kind=Kind.QUIET, small=True, spoken=action_words)
        self._action_words = action_words
        self._keys = ""
        self.setProperty("iconOnly", False)
        self.setProperty("keys", True)
        self.setToolTip("")
        self.clicked.connect(self._listen)

    def show_keys(self, keys: str) -> None:
        """``keys`` in Qt's portable words; empty for none."""
        self._keys = keys
        self._stop()

    @Slot()
    def _listen(self) -> None:
        self.is_listening = True
        self.setText("Press keys…")
        set_style_property(self, "active", True)
        self.setFocus()
        self.listening.emit()

    def _stop(self) -> None:
        self.is_listening = False
        words = key_words(self._keys) if self._keys else "—"
        self.setText(words)
        self.setAccessibleName(f"{self._action_words}: {words if self._keys else 'no keys'}")
        set_style_property(self, "active", False)

    def event(self, event: QEvent) -> bool:
        """While it listens no key does anything else: not Tab, not another action's shortcut."""
        if self.is_listening and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.is_listening:
            self._stop()

    def _take(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        strong = event.modifiers() & _STRONG
        if key in _MODIFIERS or key == Qt.Key.Key_unknown:
            return
        if key == Qt.Key.Key_Escape and not strong:
            self._stop()
        elif key in _CLEARING and not strong:
            self._stop()
            self.pressed_keys.emit("")
        elif not strong and not _is_function_key(key):
            self.refused.emit("Hold Ctrl or Alt with it, or take a function key (F1 to F24).")
        else:
            self._stop()
            sequence = QKeySequence(event.keyCombination())
            self.pressed_keys.emit(sequence.toString(QKeySequence.SequenceFormat.PortableText))


def _is_function_key(key: Qt.Key) -> bool:
    return Qt.Key.Key_F1 <= key <= Qt.Key.Key_F24
