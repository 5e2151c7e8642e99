"""The field a filter is typed into: answers each key, and offers what may be meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.search_field import SearchField

if TYPE_CHECKING:
    from koda_desktop.sync.filters.completing import Suggestion
    from koda_desktop.views.widgets.suggestions import Suggestions

Complete = Callable[[str, int], Sequence["Suggestion"]]
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 6,
    Qt.Key.Key_PageUp: -6,
}


class FilterField(SearchField):
    """``left`` is emitted when a person goes on to the listings with the arrow keys."""

    left = Signal()

    def __init__(self, theme: Theme, hint: str, name: str, spoken: str) -> None:
        super().__init__(theme, hint, name, spoken, pause_ms=0)
        self.setMaxLength(4_000)
        self._complete: Complete | None = None
        self._offered: Suggestions | None = None
        self.textEdited.connect(self.offer_again)

    def complete_with(self, complete: Complete) -> None:
        """Offer what ``complete`` answers for a text and the place of the cursor."""
        self._complete = complete

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, offered = Qt.Key(event.key()), self._offered
        is_open = offered is not None and offered.isVisible()
        wants = key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if wants:
            self._offer()
        elif is_open and offered is not None and key in _STEPS:
            offered.step(_STEPS[key])
        elif is_open and key == Qt.Key.Key_Escape:
            self._close()
        elif is_open and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept(event)
        elif key == Qt.Key.Key_Down:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab takes what was gone to, or the first of what is offered, and moves on otherwise.

        Not in ``event``, for which PySide sets up every kind of event there is.
        """
        offered = self._offered
        if not forward or offered is None or not offered.isVisible():
            return super().focusNextPrevChild(forward)
        chosen = offered.chosen or offered.first
        if chosen is not None:
            self._take(chosen)
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._close()

    def _accept(self, event: QKeyEvent) -> None:
        """Enter takes what was gone to and searches otherwise."""
        chosen = self._offered.chosen if self._offered is not None else None
        if chosen is None:
            self._close()
            super().keyPressEvent(event)
        else:
            self._take(chosen)

    @Slot()
    def offer_again(self) -> None:
        """Offer what may be meant, where a word has been begun."""
        before = self.text()[: self.cursorPosition()]
        if self.hasFocus() and before and not before[-1].isspace():
            self._offer()
        else:
            self._close()

    def _offer(self) -> None:
        found = self._complete(self.text(), self.cursorPosition()) if self._complete else ()
        written = [self.text()[one.start : one.end] for one in found]
        if not found or [one.text for one in found] == written:
            self._close()
            return
        if self._offered is None:
            from koda_desktop.views.widgets.suggestions import Suggestions

            self._offered = Suggestions(self._theme, self.window())
            self._offered.taken.connect(self._take)
        self._offered.offer(found, self)

    @Slot(object)
    def _take(self, chosen: Suggestion) -> None:
        """Put it in its place, and offer the values of a field at once."""
        text = self.text()
        after = text[chosen.end :]
        is_field = chosen.text.endswith(":")
        space = "" if is_field or after.startswith((" ", ",")) else " "
        self.setText(text[: chosen.start] + chosen.text + space + after)
        self.setCursorPosition(chosen.start + len(chosen.text) + len(space))
        self._close()
        if is_field:
            self._offer()

    def _close(self) -> None:
        if self._offered is not None:
            self._offered.hide()
