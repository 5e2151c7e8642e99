"""What a person chooses listings by: the filter field, the views and their menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.views.format import count
from koda_desktop.views.pages.listings_bar import ListingsBar
from koda_desktop.views.tables.listings_columns import Column
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.filter_field import FilterField
from koda_desktop.views.widgets.labels import label, set_style_property
from koda_desktop.views.widgets.page_header import SIDE_MARGIN

if TYPE_CHECKING:
    from koda_desktop.errors import InputError
    from koda_desktop.sync.filters.completing import Suggestion
    from koda_desktop.sync.saved_views import SavedView
    from koda_desktop.views.pages.listings_menu import ListingsMenu
    from koda_desktop.views.pages.listings_nothing import NothingFound
    from koda_desktop.views.tables.filter_row import FilterRow

_PATIENCE_MS = 700
"""A word half written is no mistake yet."""
_LAID_OUT_MS = 400


class ViewIntents(Protocol):
    """What is asked of the saved views."""

    def choose(self, number: int) -> None: ...
    def add(self, name: str) -> str: ...
    def rename(self, name: str) -> str: ...
    def delete(self) -> None: ...
    def show_all(self) -> None: ...
    def lay_out(
        self, columns: Sequence[tuple[str, int]], density: str, filter_row: bool
    ) -> None: ...


class ChooserIntents(Protocol):
    """What is asked of the controller."""

    def search(self, text: str) -> None: ...
    def complete(self, text: str, cursor: int) -> Sequence[Suggestion]: ...
    @property
    def views(self) -> ViewIntents: ...


class ListingsChooser(QObject):
    """Made with the page; ``connect_intents`` puts it to work."""

    def __init__(self, theme: Theme, table: ListingsTable, page: QWidget) -> None:
        super().__init__(page)
        self._theme = theme
        self._table = table
        self._page = page
        self._intents: ChooserIntents | None = None
        self._views: Sequence[SavedView] = ()
        self._current = 0
        self._density = "comfortable"
        self._menu: ListingsMenu | None = None
        self._row: FilterRow | None = None
        self._nothing: NothingFound | None = None
        self._error: InputError | None = None
        self._archived = 0
        self.field = FilterField(
            theme, "Search or filter, such as price:<20", "listings-search", "Search listings"
        )
        self.field.setMinimumWidth(110)
        self.field.setMaximumWidth(420)
        self.bar = ListingsBar(theme)
        self.problem = label("", "error", wrap=True, name="filter-problem")
        self.problem.setContentsMargins(SIDE_MARGIN, 0, SIDE_MARGIN, 10)
        self.problem.hide()
        self._patience = self._timer(_PATIENCE_MS, self._show_problem)
        self._laid_out = self._timer(_LAID_OUT_MS, self._keep_layout)

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    def connect_intents(self, intents: ChooserIntents) -> None:
        self._intents = intents
        self.field.complete_with(intents.complete)
        self.field.searched.connect(intents.search)
        self.field.returnPressed.connect(self._show_problem)
        self.field.left.connect(self._go_to_table)
        self.field.textChanged.connect(self._typed)
        self.bar.chosen.connect(intents.views.choose)
        self.bar.save_asked.connect(self._save)
        self.bar.menu.clicked.connect(self._open_menu)
        self._table.laid_out.connect(self._laid_out.start)

    # -- what is shown --

    def show_counts(self, counts: Sequence[int]) -> None:
        """How many listings each view finds; then how many archived ones are kept out, if any."""
        self.bar.show_counts(counts[: len(self._views)])
        self._archived = sum(counts[len(self._views) :])

    def remark(self, found: int) -> str:
        """How many are ``found``, and how many more would be if they were not archived."""
        hidden = f"{count(self._archived)} archived hidden" if self._archived else ""
        return " · ".join(filter(None, (count(found) if found else "", hidden)))

    def show_views(self, views: Sequence[SavedView], current: int) -> None:
        is_other = current != self._current or not self._views
        before = self._views[self._current] if self._views else None
        self._views, self._current = views, current
        self.bar.show_views(views, current)
        view = views[current]
        if is_other or before is None or before.density != view.density:
            self._show_density()
        if is_other or before is None or before.filter_row != view.filter_row:
            self._show_row(view.filter_row)
        if (
            is_other
            or before is None
            or before.name != view.name
            or self._is_laid_anew(before, view)
        ):
            self._table.columns.show(view.columns)

    def _is_laid_anew(self, before: SavedView, view: SavedView) -> bool:
        """Whether the view has other columns than a person gave the table: they were saved."""
        if before.columns == view.columns or self._laid_out.isActive():
            return False
        return tuple(view.columns) != tuple(self._table.columns.now())

    def set_density(self, density: str) -> None:
        """What the settings say: "comfortable" or "compact"."""
        self._density = density
        self._show_density()

    def _show_density(self) -> None:
        own = self._views[self._current].density if self._views else ""
        self._table.set_compact((own or self._density) == "compact")

    # -- the row of fields --

    @property
    def has_row(self) -> bool:
        """Whether there is a field under the head of each column."""
        return self._table.head.has_band

    def _show_row(self, shown: bool) -> None:
        if self._row is None:
            if not shown:
                return
            from koda_desktop.views.tables.filter_row import FilterRow

            row = self._row = FilterRow(self._table.head)
            row.changed.connect(self.field.setText)
            row.left.connect(self._go_to_table)
            self.field.textChanged.connect(row.show_text)
        self._row.show_text(self.field.text())
        self._row.set_shown(shown)
        if self._nothing is not None:
            self._nothing.place()

    def say_found(self, is_any: bool) -> None:
        """Where nothing is found, say so under the row, where the lines would be."""
        if self._nothing is not None and is_any:
            self._nothing.hide()
        elif not is_any and self.has_row:
            self._nothing = self._nothing or self._make_nothing()
            self._nothing.tell(self.field.text().strip())

    def _make_nothing(self) -> NothingFound:
        from koda_desktop.views.pages.listings_nothing import NothingFound

        made = NothingFound(self._theme, self._table)
        made.cleared.connect(self._clear)
        made.all_asked.connect(self._leave_view)
        return made

    @Slot()
    def _clear(self) -> None:
        """Filter no more, with the keyboard in the row to write something else."""
        self.field.clear()
        if self._row is not None:
            self._row.focus(Column.TITLE)

    @Slot()
    def _leave_view(self) -> None:
        self._table.setFocus()
        self.show_everything()
        if self._intents is not None:
            self._intents.views.show_all()

    def toggle_row(self) -> None:
        """Show the row of fields with the keyboard in it, or hide it; remembered in the view."""
        shown = not self.has_row
        if shown:
            self.filter_by(max(self._table.current_column, 0))
        else:
            self._set_row(False)
            self._table.setFocus()

    def filter_by(self, column: int) -> None:
        """Put the keyboard into the field of a column, with the row shown."""
        self._set_row(True)
        if self._row is not None:
            self._row.focus(0 if self._table.isColumnHidden(column) else column)

    def _set_row(self, shown: bool) -> None:
        if shown != self.has_row:
            self._show_row(shown)
            self._keep_layout()

    def show_problem(self, error: InputError | None) -> None:
        """What is not understood of the filter; said once a person pauses."""
        self._error = error
        if error is None:
            self._patience.stop()
            self._show_problem()
        else:
            self._patience.start()

    @Slot()
    def _show_problem(self) -> None:
        error = self._error
        words = f"{error.what} {error.remedy}" if error is not None else ""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self.field.setAccessibleDescription(words)
        set_style_property(self.field, "invalid", bool(words))

    def show_known_values(self) -> None:
        """More can be offered than a moment ago."""
        self.field.offer_again()

    def show_everything(self) -> None:
        """Nothing typed, and the first view; the controller does the same by itself."""
        self.field.clear()
        self.bar.segments.set_current(0)

    # -- what a person does --

    @Slot(str)
    def _typed(self, text: str) -> None:
        self.bar.offer_to_save(bool(text.strip()))

    @Slot()
    def _go_to_table(self) -> None:
        if self._nothing is not None and self._nothing.isVisible():
            self._nothing.setFocus()
            return
        is_first = not self._table.currentIndex().isValid()
        # With the keyboard Qt makes the first cell the current one, and selects nothing.
        self._table.setFocus()
        if is_first:
            self._table.select_line(0)

    @Slot()
    def _keep_layout(self) -> None:
        self._lay_out(self._views[self._current].density if self._views else "")

    def _lay_out(self, density: str) -> None:
        if self._intents is not None:
            self._intents.views.lay_out(self._table.columns.now(), density, self.has_row)

    @Slot()
    def _open_menu(self) -> None:
        intents = self._intents
        if intents is None:
            return
        if self._menu is None:
            from koda_desktop.views.pages.listings_menu import ListingsMenu

            self._menu = ListingsMenu(self._theme, self.bar.menu, self._table)
        self._menu.open(
            self._views,
            self._current,
            choose=intents.views.choose,
            save=self._save,
            rename=self._rename,
            delete=intents.views.delete,
            laid_out=self._lay_out,
            toggle_row=self.toggle_row,
        )

    @Slot()
    def _save(self) -> None:
        if self._intents is not None:
            self._ask_name("Save this view", "", self._add)

    def _add(self, name: str) -> str:
        problem = self._intents.views.add(name) if self._intents is not None else ""
        if not problem:
            self.field.clear()
        return problem

    def _rename(self) -> None:
        if self._intents is not None:
            name = self._views[self._current].name
            self._ask_name(f"Rename “{name}”", name, self._intents.views.rename)

    def _ask_name(self, title: str, begun: str, keep: Callable[[str], str]) -> None:
        from koda_desktop.views.dialogs.view_name import ViewNameDialog

        dialog = ViewNameDialog(self._theme, self._page.window(), title, begun, keep)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
