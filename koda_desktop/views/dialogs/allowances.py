"""Every value that looks like a secret and was said to be none: searched, and withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.format import count, counted
from koda_desktop.views.tables.allowances import AllowanceList
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, row
from koda_desktop.views.widgets.search_field import SearchField
from koda_desktop.workspace.allowances import Allowance

_TEXT = (
    "These values look like secrets, and you said that they are none: files that hold them can be "
    "published. Only a fingerprint of each is kept, never the value."
)


class AllowancesDialog(Dialog):
    """A view of AllowancesController. ``withdraw_asked`` carries the values chosen."""

    withdraw_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent, "Allowed values", "allowances-dialog")
        self._all: tuple[Allowance, ...] = ()
        self._search = SearchField(
            theme, "Search kinds, reasons, files", "allowances-search", "Search allowed values"
        )
        self._count = label("", "hint", name="allowances-count")
        self._banner = Banner(theme, "allowances-banner")
        self._banner.hide()
        self._list = AllowanceList(theme)
        self._empty = EmptyState(
            theme,
            "shield",
            "No value is allowed",
            "When a file holds something that looks like a secret and is none, say so in its "
            "Secrets tab. It is listed here then.",
        )
        self._no_match = EmptyState(theme, "search", "No value matches", "Search for other words.")
        self._stack = QStackedWidget()
        for part in (self._list, self._empty, self._no_match):
            self._stack.addWidget(part)
        self._withdraw = Button(theme, "Withdraw", "allowances-withdraw", icon="undo")
        self._close = Button(theme, "Close", "allowances-close")
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        head = row(self._search, self._count, gap=12)
        head.setStretch(0, 1)
        body = column(head, self._banner, self._stack, gap=10)
        body.setStretch(2, 1)
        self.lay_out(body, self._withdraw, None, self._close, text=_TEXT)
        self.resize(760, 600)
        self.setMinimumSize(520, 420)
        self._search.setFocus()

    def _wire(self) -> None:
        self._search.searched.connect(self._show_matching)
        self._list.selectionModel().selectionChanged.connect(self._show_choice)
        self._list.withdraw_asked.connect(self._ask_withdraw)
        self._withdraw.clicked.connect(self._ask_withdraw)
        self._close.clicked.connect(self.reject)
        self._show_choice()

    def show_allowances(self, allowances: Sequence[Allowance]) -> None:
        """Show ``allowances``, the newest first; what was typed into the search stays."""
        self._all = tuple(allowances)
        self._banner.hide()
        self._show_matching()

    def show_fault(self, what: str) -> None:
        self._banner.tell("danger", "The list could not be read", what)
        self._banner.show()

    @Slot()
    def _show_matching(self) -> None:
        found = [one for one in self._all if one.matches(self._search.text())]
        self._list.clearSelection()
        self._list.lines.set_items(found)
        self._stack.setCurrentWidget(
            self._list if found else self._no_match if self._all else self._empty
        )
        total = counted(len(self._all), "value")
        is_whole = len(found) == len(self._all)
        self._count.setText(total if is_whole else f"{count(len(found))} of {total}")
        self._count.setVisible(bool(self._all))
        self._search.setEnabled(bool(self._all))
        self._show_choice()

    @Slot()
    def _show_choice(self) -> None:
        number = len(self._list.chosen)
        words = f"Withdraw {counted(number, 'value')}…" if number else "Withdraw…"
        self._withdraw.setText(words)
        self._withdraw.setAccessibleName(words)
        self._withdraw.setEnabled(number > 0)

    @Slot()
    def _ask_withdraw(self) -> None:
        chosen = self._list.chosen
        if chosen:
            self.withdraw_asked.emit(tuple(chosen))
