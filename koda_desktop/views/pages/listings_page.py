"""The Listings page: search, filters, the table, and the inspector beside it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from koda_desktop.views.pages.listings_chooser import ListingsChooser
from koda_desktop.views.tables.listings_columns import COLUMNS, sort_column
from koda_desktop.views.tables.listings_model import ListingsModel
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.layouts import column, holder
from koda_desktop.views.widgets.page_header import PageHeader

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtCore import SignalInstance

    from koda_desktop.controllers.preview import ShownPreview
    from koda_desktop.errors import InputError, KodaError
    from koda_desktop.sync.rows import (
        ListingDetail,
        ListingQuery,
        ListingRow,
        Selection,
        Totals,
    )
    from koda_desktop.sync.saved_views import SavedView
    from koda_desktop.views.pages.inspector import Inspector
    from koda_desktop.views.pages.listings_intents import ListingsIntents
    from koda_desktop.views.pages.listings_questions import Confirm
    from koda_desktop.views.pages.listings_selected import SelectedListings
    from koda_desktop.views.pages.listings_states import StateKind
    from koda_desktop.views.widgets.empty_state import EmptyState
    from koda_desktop.workspace.info import GateState


class ListingsPage(QWidget):
    """A view of ListingsController; ``confirm`` asks before something is deleted."""

    add_files_asked = Signal()
    settle_asked = Signal()
    bulk_asked = Signal()
    edit_asked = Signal(str)
    save_file_asked = Signal(str)
    picture_asked = Signal(str)
    preview_taken = Signal(str, object)
    detail_shown = Signal(object)
    several_selected = Signal(int)
    """How many listings are selected, each time it may have changed."""

    def __init__(
        self,
        theme: Theme,
        now: Callable[[], datetime],
        confirm: Confirm,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._now = now
        self._confirm = confirm
        self._intents: ListingsIntents | None = None
        self._inspector: Inspector | None = None
        self._frame: QWidget | None = None
        self._states: dict[StateKind, EmptyState] = {}
        self._several: SelectedListings | None = None
        self._wanted_id = ""
        self._query: ListingQuery | None = None
        self._is_whole = False
        self.setObjectName("listings-page")
        self.model = ListingsModel(now, self)
        self.table = ListingsTable(theme, self.model)
        self._make_parts()
        self._put_together()

    def _make_parts(self) -> None:
        self._chooser = ListingsChooser(self._theme, self.table, self)
        self.search_field = self._chooser.field
        self._add = Button(self._theme, "Add files", "add-files", kind=Kind.PRIMARY, icon="plus")
        self._add.setToolTip("Add workflow files (Ctrl+N), or drop them anywhere")
        self._add.clicked.connect(self.add_files_asked)
        self._header = PageHeader("Listings", self.search_field, self._add)

    def _put_together(self) -> None:
        """From the outside in: Qt looks for the style of all that is in what gets a parent."""
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.setLayout(column(self.splitter, gap=0))
        self._left = column(gap=0)
        left = holder(self._left)
        left.setMinimumWidth(360)
        self.splitter.addWidget(left)
        self._stack = QStackedWidget()
        for part in (self._header, self._chooser.bar, self._chooser.problem, self._stack):
            self._left.addWidget(part)
        self._stack.addWidget(self.table)

    def _state(self, kind: StateKind) -> EmptyState:
        """What stands in the table's place, made when it is first needed."""
        from koda_desktop.views.pages.listings_states import make_state

        if kind not in self._states:
            acts: dict[StateKind, SignalInstance | Callable[[], None]] = {
                "empty": self.add_files_asked,
                "no-match": self._show_all,
                "fault": self._refresh,
            }
            made = self._states[kind] = make_state(self._theme, kind, acts[kind])
            self._stack.addWidget(made)
        return self._states[kind]

    def connect_intents(self, intents: ListingsIntents) -> None:
        """Pass what a person asks for to ``intents`` from now on."""
        self._intents = intents
        self.model.rows_wanted.connect(intents.want_rows)
        self._chooser.connect_intents(intents)
        self.table.sort_asked.connect(self._sort_by)
        self.table.column_menu_asked.connect(self._open_column_menu)
        self.table.selection_changed.connect(self._selected)
        self.table.opened.connect(self._focus_inspector)
        self.table.delete_asked.connect(self._delete_selected)
        self.table.everything_asked.connect(self.select_everything)

    # -- what the controller shows --

    def lines_in_sight(self) -> int:
        return self.table.lines_in_sight

    def show_first(self, rows: Sequence[ListingRow], query: ListingQuery, whole: bool) -> None:
        self.model.begin(rows)
        self._show_table(query, whole)

    def show_keys(self, keys: array[int], query: ListingQuery) -> None:
        self.model.set_keys(keys)
        self._show_table(query, True)

    def _show_table(self, query: ListingQuery, whole: bool) -> None:
        self._query = query
        places = {one.sort: one.column for one in COLUMNS if one.sort}
        self.table.show_sorts([(places[by.value], down) for by, down in query.sort])
        found = self.model.rowCount()
        self._chooser.say_found(found > 0)
        self._is_whole = whole
        self._show_remark()
        if found or not whole:
            self._stack.setCurrentWidget(self.table)
        elif query.is_narrowed and self._chooser.has_row:
            # The fields of its row are needed to find something again.
            self._stack.setCurrentWidget(self.table)
        elif query.is_narrowed:
            typed = self.search_field.text().strip()
            what = f"Nothing is found for “{typed}”." if typed else "Nothing is here now."
            self._state("no-match").tell("No listing matches", what)
            self._stack.setCurrentWidget(self._state("no-match"))
        else:
            self._stack.setCurrentWidget(self._state("empty"))
        self._reselect()
        # A new order takes the selection away without a word from Qt.
        self._show_bar(self.table.selected_count())

    def show_rows(self, keys: Sequence[int], rows: Sequence[ListingRow]) -> None:
        self.model.put_rows(keys, rows)
        if self._wanted_id:
            self._reselect()
        elif self.table.selected_count() == 1:
            # It was selected before it had been read, by End or Page Down.
            self._selected()

    def show_counts(self, counts: Sequence[int]) -> None:
        self._chooser.show_counts(counts)
        self._show_remark()

    def _show_remark(self) -> None:
        found = self.model.rowCount() if self._is_whole else 0
        self._header.set_remark(self._chooser.remark(found))

    def show_totals(self, totals: Totals) -> None:
        if self._several is not None:
            self._several.show_totals(totals)

    def show_views(self, views: Sequence[SavedView], current: int) -> None:
        # The first rows are being read by then: meanwhile what paints them is loaded.
        QTimer.singleShot(0, self.table.prepare)
        self._chooser.show_views(views, current)

    def show_known_values(self) -> None:
        self._chooser.show_known_values()

    def show_filter_problem(self, error: InputError | None) -> None:
        self._chooser.show_problem(error)

    def forget_rows(self, ids: frozenset[str]) -> None:
        self.model.forget_rows(ids)

    def show_detail(self, detail: ListingDetail, gates: Sequence[GateState]) -> None:
        self._wanted_id = detail.row.id
        inspector = self._open_inspector()
        inspector.show_detail(detail, gates)
        self.detail_shown.emit(detail)

    def show_nothing_open(self) -> None:
        if self._frame is not None:
            self._frame.hide()

    def show_edit(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        if self._inspector is not None:
            self._inspector.show_edit(listing_id, changes)

    def show_preview(self, listing_id: str, shown: ShownPreview) -> None:
        if self._inspector is not None:
            self._inspector.show_preview(listing_id, shown)

    def show_field_problems(self, problems: Mapping[str, str]) -> None:
        if self._inspector is not None:
            self._inspector.show_problems(problems)

    def show_fault(self, error: KodaError) -> None:
        self._state("fault").tell(error.what, f"{error.kept} {error.remedy}".strip())
        self._stack.setCurrentWidget(self._state("fault"))

    def select_listing(self, listing_id: str) -> None:
        """Select ``listing_id`` as soon as its row has been read."""
        self._wanted_id = listing_id
        self._chooser.show_everything()
        self._reselect()

    # -- what the window asks --

    def toggle_filter_row(self) -> None:
        self._chooser.toggle_row()

    def set_compact(self, compact: bool) -> None:
        self._chooser.set_density("compact" if compact else "comfortable")

    def publish_selected(self) -> None:
        """Publish what is selected, or what the inspector shows."""
        if self._intents is None:
            return
        if self.table.selected_count() > 1:
            self.act_on_selected("Publish", self._intents.publish_selection)
        elif self.shown_inspector is not None:
            self.shown_inspector.publish()

    # -- inside --

    @Slot(int, bool)
    def _sort_by(self, column: int, adds: bool) -> None:
        wanted = sort_column(column)
        if self._intents is not None and wanted is not None:
            self._intents.sort(wanted, adds)

    @Slot(int, QPoint)
    def _open_column_menu(self, column: int, at: QPoint) -> None:
        from koda_desktop.views.pages.column_menu import open_column_menu

        if self._intents is not None:
            intents = self._intents
            open_column_menu(self.table, column, at, intents.order, self._chooser.filter_by)

    @Slot()
    def select_everything(self) -> None:
        if self._query is not None:
            self.table.select_everything(self._query)

    def act_on_selected(self, verb: str, act: Callable[[Selection], None]) -> None:
        """Do ``act`` with what is selected; listings that are out of sight are asked about."""
        from koda_desktop.views.pages.listings_questions import ask_about_hidden

        picked = self.table.picked
        selection, hidden, total = picked.selection(), picked.hidden(), picked.count()
        if hidden:
            ask_about_hidden(self._confirm, verb, total, hidden, lambda: act(selection))
        else:
            act(selection)

    def _open_inspector(self) -> Inspector:
        if self._inspector is None or self._frame is None:
            from koda_desktop.views.pages.inspector import Inspector

            self._inspector = Inspector(self._theme, self._now)
            self._connect_inspector(self._inspector)
            self._frame = holder(column(self._inspector, gap=0), "inspector", "inspector-frame")
            self.splitter.addWidget(self._frame)
            self.splitter.setStretchFactor(0, 1)
            self.splitter.setStretchFactor(1, 0)
            self.splitter.setSizes([max(self.width() - 396, 360), 396])
        self._frame.show()
        return self._inspector

    def _connect_inspector(self, inspector: Inspector) -> None:
        intents = self._intents
        if intents is None:
            return
        inspector.edited.connect(intents.edit)
        inspector.save_asked.connect(intents.save)
        inspector.revert_asked.connect(intents.revert)
        inspector.publish_asked.connect(lambda listing_id: intents.publish([listing_id]))
        inspector.retry_asked.connect(intents.retry)
        inspector.withdraw_asked.connect(intents.withdraw)
        inspector.discard_asked.connect(intents.discard_changes)
        inspector.delete_asked.connect(self._ask_delete)
        inspector.close_asked.connect(self._close_inspector)
        inspector.settle_asked.connect(self.settle_asked)
        inspector.edit_asked.connect(self.edit_asked)
        inspector.save_file_asked.connect(self.save_file_asked)
        inspector.picture_asked.connect(self.picture_asked)
        inspector.preview_taken.connect(self.preview_taken)

    @Slot()
    def _close_inspector(self) -> None:
        self.table.clear_selection()
        self.table.setFocus()

    @Slot()
    def _focus_inspector(self) -> None:
        if self.shown_inspector is not None:
            self.shown_inspector.focus_form()

    @Slot()
    def _selected(self) -> None:
        if self._intents is None:
            return
        number = self.table.selected_count()
        self._show_bar(number)
        row_ = self.model.row_at(self.table.currentIndex().row()) if number == 1 else None
        if number != 1:
            self._wanted_id = ""
            self._intents.open_listing("")
        elif row_ is not None and row_.id != self.shown_id():
            self._wanted_id = row_.id
            self._intents.open_listing(row_.id)

    def _show_bar(self, selected: int) -> None:
        """The bar below the table, made when several listings are selected for the first time."""
        if self._several is None and selected > 1 and self._intents is not None:
            from koda_desktop.views.pages.listings_selected import SelectedListings

            self._several = SelectedListings(
                self._theme, self.table, self, self, self._intents.want_totals
            )
            self.put_below(self._several.bar)
        if self._several is not None:
            self._several.show(selected)
        self.several_selected.emit(selected)

    def put_below(self, part: QWidget) -> None:
        self._left.addWidget(part)

    def edit_selected(self) -> None:
        self.bulk_asked.emit()

    @property
    def shown_inspector(self) -> Inspector | None:
        shown = self._inspector
        return shown if shown is not None and shown.isVisible() else None

    def shown_id(self) -> str:
        return self.shown_inspector.listing_id if self.shown_inspector is not None else ""

    def _reselect(self) -> None:
        """After the order changed: the open listing stays selected if it is in view."""
        line = self.model.line_of(self._wanted_id) if self._wanted_id else -1
        if line >= 0 and self.table.currentIndex().row() != line:
            self.table.select_line(line)

    @Slot()
    def _delete_selected(self) -> None:
        row_ = self.model.row_at(self.table.currentIndex().row())
        if row_ is not None and self.table.selected_count() == 1:
            self._ask_delete(row_.id)

    @Slot(str)
    def _ask_delete(self, listing_id: str) -> None:
        from koda_desktop.views.pages.listings_questions import ask_delete

        intents = self._intents
        row_ = self.model.row_at(self.model.line_of(listing_id))
        title = row_.title if row_ is not None else None
        if intents is not None:
            ask_delete(self._confirm, title, lambda: intents.delete_draft(listing_id))

    @Slot()
    def _show_all(self) -> None:
        self._chooser.show_everything()
        if self._intents is not None:
            self._intents.views.show_all()

    @Slot()
    def _refresh(self) -> None:
        if self._intents is not None:
            self._intents.refresh()
