"""The export dialog: which listings, which format, which columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from koda_desktop.errors import Cancelled, KodaError
from koda_desktop.runtime.work import Progress
from koda_desktop.sync.exchange.columns import EXPORTED, Column
from koda_desktop.sync.exchange.exporting import ExportOptions, ExportReport
from koda_desktop.sync.rows import Selection
from koda_desktop.tables.rows import Format
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.dialogs.taking import WorkingPart
from koda_desktop.views.format import count, counted
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.views.widgets.switch_line import SwitchLine

_HINT = "With id and row_hash, the file can be changed and imported again safely."
_FORMATS = (("CSV", Format.CSV), ("JSON Lines", Format.JSONL), ("XLSX", Format.XLSX))


class Offer(NamedTuple):
    """Listings that can be exported: what they are called, how many, and which."""

    words: str
    number: int
    selection: Selection


class ExportDialog(Dialog):
    """ExportView. ``export_asked`` says that a place is to be asked for."""

    export_asked = Signal()
    stop_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None, offers: Sequence[Offer]) -> None:
        super().__init__(parent, "Export listings", "export-dialog")
        self._offers = tuple(offers)
        self._banner = Banner(theme, "export-banner")
        self._banner.hide()
        words = [f"{offer.words} ({count(offer.number)})" for offer in self._offers]
        self._which = Combo(theme, words, "export-which", "Which listings")
        self._format = Segments(theme, [one for one, _ in _FORMATS], "export-format", "Format")
        marked = "Have Excel read it as UTF-8"
        self._mark = SwitchLine(theme, marked, "export-mark", is_on=True)
        self._columns = {
            one: SwitchLine(theme, one.value, f"export-column-{one.value}", is_on=True)
            for one in EXPORTED
        }
        self._working = WorkingPart()
        self._stack = QStackedWidget()
        self._stop = Button(theme, "Stop", "export-stop")
        self._close = Button(theme, "Close", "export-close")
        self._export = Button(theme, "Export…", "export-go", kind=Kind.PRIMARY, icon="download")
        self._lay_out()
        self._wire()
        self._show_working(False)

    def _lay_out(self) -> None:
        left = column(
            label("Which listings", "field"),
            self._which,
            12,
            label("Format", "field"),
            self._format,
            self._mark,
            None,
            gap=8,
        )
        columns = scrolled(holder(column(*self._columns.values(), None, gap=2)), "export-columns")
        right = column(label("Columns", "field"), columns, label(_HINT, "hint", wrap=True), gap=8)
        form = row(left, right, gap=24)
        form.setStretch(0, 3)
        form.setStretch(1, 2)
        self._stack.addWidget(holder(form))
        self._stack.addWidget(self._working)
        body = column(self._banner, self._stack, gap=10)
        body.setStretch(1, 1)
        self.lay_out(body, None, self._stop, self._close, self._export)
        self.resize(720, 520)
        self.setMinimumSize(560, 440)

    def _wire(self) -> None:
        self._format.chosen.connect(self._show_format)
        for one in self._columns.values():
            one.turned.connect(self._show_columns)
        self._export.clicked.connect(self.export_asked)
        self._stop.clicked.connect(self.stop_asked)
        self._close.clicked.connect(self.reject)

    @Slot(int)
    def _show_format(self, index: int) -> None:
        self._mark.setVisible(_FORMATS[index][1] is Format.CSV)

    @Slot()
    def _show_columns(self) -> None:
        self._export.setEnabled(bool(self._chosen_columns()))

    def _chosen_columns(self) -> tuple[Column, ...]:
        return tuple(one for one, line in self._columns.items() if line.is_on)

    @property
    def selection(self) -> Selection:
        return self._offers[self._which.currentIndex()].selection

    @property
    def options(self) -> ExportOptions:
        kind = _FORMATS[self._format.current][1]
        is_marked = kind is Format.CSV and self._mark.is_on
        return ExportOptions(kind, self._chosen_columns(), mark=is_marked)

    # -- ExportView --

    def _show_working(self, is_working: bool) -> None:
        self._stack.setCurrentIndex(int(is_working))
        self._stop.setVisible(is_working)
        self._close.setVisible(not is_working)
        self._export.setVisible(not is_working)

    def show_working(self, words: str) -> None:
        self._banner.hide()
        self._working.show_words(words)
        self._show_working(True)

    def show_progress(self, progress: Progress) -> None:
        self._working.show_progress(progress)

    def show_done(self, report: ExportReport) -> None:
        self._show_working(False)
        text = "It can be changed in a spreadsheet and imported again."
        if report.left_out:
            cells = counted(report.left_out, "cell")
            text = f"{cells} with more text than a workbook can hold were left blank."
        heading = f"{counted(report.written, 'listing')} written to {report.path.name}"
        self._banner.tell("warning" if report.left_out else "success", heading, text)
        self._banner.show()
        self._close.setFocus()

    def show_fault(self, error: KodaError) -> None:
        self._show_working(False)
        if isinstance(error, Cancelled):
            self._banner.tell("info", "Stopped", "No file was written.")
        else:
            self._banner.tell("danger", error.what, f"{error.kept} {error.remedy}".strip())
        self._banner.show()

    def reject(self) -> None:
        """Escape stops the writing before it closes the dialog."""
        if self._stack.currentWidget() is self._working:
            self.stop_asked.emit()
        else:
            super().reject()
