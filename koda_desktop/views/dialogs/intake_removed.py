"""What was removed from a dropped file: what of it may be kept, and the list of it all."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.intake_state import IntakeFile
from koda_desktop.views.dialogs.intake_keeping import KeepingView
from koda_desktop.views.dialogs.intake_words import removed_words
from koda_desktop.views.tables.removals import RemovalList
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.scroll import BAR_WIDTH, scrolled_beside

_SIDE = 28
_RIGHT = _SIDE - BAR_WIDTH
_AIR = 6
_ROW_SIDE = 14
"""The rows of the list have a margin of their own, so that their ground reaches beyond it."""


class RemovedPage(QWidget):
    """``kept`` carries a kind and whether it is kept, ``kept_everywhere`` and ``remembered`` the
    same for all files and for those to come, ``toggled`` a RemovalLine whose switch was turned."""

    kept = Signal(str, bool)
    kept_everywhere = Signal(str, bool)
    remembered = Signal(str, bool)
    toggled = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._number = -1
        self.setObjectName("intake-removed")
        self._hint = label("", "hint", wrap=True, name="intake-removed-hint")
        self._hint.setContentsMargins(_SIDE, 0, _RIGHT, 8)
        self._keeping = KeepingView(theme)
        self._choices = holder(row(self._keeping, margins=(_SIDE, 0, _RIGHT, 10)))
        self._list = RemovalList(theme)
        listed = row(self._list, margins=(_SIDE - _ROW_SIDE, 0, _RIGHT - _ROW_SIDE, 0))
        self._inside = holder(column(self._hint, self._choices, listed, None, gap=0))
        self._area = scrolled_beside(self._inside, "intake-removed-scroll")
        self.setLayout(column(self._area))
        self._list.reached.connect(self._bring_into_sight)
        self._keeping.kept.connect(self.kept)
        self._keeping.kept_everywhere.connect(self.kept_everywhere)
        self._keeping.remembered.connect(self.remembered)
        self._list.toggled.connect(self.toggled)

    def show_removals(self, file: IntakeFile) -> None:
        """Show what was removed from ``file``, from the top for another one than before; the row
        the keyboard is on stays the current one."""
        if file.number != self._number:
            self._number = file.number
            self._area.verticalScrollBar().setValue(0)
        self._hint.setText(removed_words(file))
        self._keeping.show_choices(file)
        self._choices.setVisible(bool(file.choices))
        self._list.show_lines(file.removals)

    def show_others(self, others: dict[str, tuple[int, int]]) -> None:
        """Of each kind, how many other files keep it, and how many could."""
        self._keeping.show_others(others)

    @Slot(QRect)
    def _bring_into_sight(self, place: QRect) -> None:
        """Scroll to a line of the list."""
        middle = self._list.mapTo(self._inside, place.center())
        self._area.ensureVisible(0, middle.y(), 0, place.height() // 2 + _AIR)
