"""What lies over the lines of the Listings table while its row of fields finds nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.layouts import column


class NothingFound(QWidget):
    """Under the fields, which are needed to find something again. ``cleared``: filter no more;
    ``all_asked``: leave the view, which is empty without a filter, too."""

    cleared = Signal()
    all_asked = Signal()

    def __init__(self, theme: Theme, table: ListingsTable) -> None:
        super().__init__(table)
        self._table = table
        self.setObjectName("listings-nothing")
        self._clear = Button(theme, "Clear the filter", "clear-filter")
        self._all = Button(theme, "Show all listings", "leave-view")
        self._clear.clicked.connect(self.cleared)
        self._all.clicked.connect(self.all_asked)
        self._state = EmptyState(theme, "search", "No listing matches", "", self._clear, self._all)
        self.setLayout(column(self._state))
        self.setFocusProxy(self._clear)
        table.installEventFilter(self)

    def tell(self, typed: str) -> None:
        """Say that nothing is found for what was ``typed``, or nothing at all, and what helps."""
        words = f"Nothing is found for “{typed}”. Change a field above, or empty it with Esc."
        self._state.tell("No listing matches", words if typed else "This view is empty now.")
        self._clear.setVisible(bool(typed))
        self._all.setVisible(not typed)
        self.setFocusProxy(self._clear if typed else self._all)
        self.place()
        self.show()

    def place(self) -> None:
        """Take the room that the head of the table leaves."""
        top = self._table.head.height()
        self.setGeometry(0, top, self._table.width(), self._table.height() - top)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)
