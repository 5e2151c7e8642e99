"""The row above the listings: the saved views with their counts, and what can be done to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from koda_desktop.views.format import count
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.layouts import row
from koda_desktop.views.widgets.page_header import SIDE_MARGIN
from koda_desktop.views.widgets.segments import Segments

if TYPE_CHECKING:
    from koda_desktop.sync.saved_views import SavedView

_FIRST_NAMES = ("All", "Drafts", "On the way", "Published", "Needs you", "Archived")


class ListingsBar(QWidget):
    """Views in a row; ``menu`` opens all that can be chosen for the table."""

    chosen = Signal(int)
    save_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.segments = Segments(theme, _FIRST_NAMES, "listings-filter", "Show")
        self._theme = theme
        self._save: Button | None = None
        self.menu = Button(
            theme, "", "view-menu", kind=Kind.QUIET, icon="more", small=True, spoken="View options"
        )
        self._counts: Sequence[int] = ()
        self.segments.chosen.connect(self.chosen)
        margins = (SIDE_MARGIN, 0, SIDE_MARGIN - 4, 12)
        self._row = row(self.segments, None, self.menu, gap=4, margins=margins)
        self._row.setStretch(0, 100)
        self.setLayout(self._row)

    def offer_to_save(self, is_offered: bool) -> None:
        """Show the button that keeps what is shown as a view; made when there is something."""
        if self._save is None:
            if not is_offered:
                return
            self._save = Button(
                self._theme, "Save view", "save-view", kind=Kind.QUIET, icon="plus", small=True
            )
            self._save.setToolTip("Keep this filter, its order and its columns as a view")
            self._save.clicked.connect(self.save_asked)
            self._row.insertWidget(self._row.indexOf(self.menu), self._save)
            QWidget.setTabOrder(self.segments, self._save)
        self._save.setVisible(is_offered)

    def show_views(self, views: Sequence[SavedView], current: int) -> None:
        self.segments.set_texts([view.name for view in views])
        self.segments.set_current(current)
        self._show_counts()

    def show_counts(self, counts: Sequence[int]) -> None:
        """How many listings each view finds."""
        self._counts = counts
        self._show_counts()
        self.segments.setVisible(not counts or counts[0] > 0)

    def _show_counts(self) -> None:
        missing = [0] * (len(self.segments.texts) - len(self._counts))
        known = [*self._counts, *missing][: len(self.segments.texts)]
        self.segments.set_counts([count(number) if number else "" for number in known])
