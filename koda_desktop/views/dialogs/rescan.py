"""Files of selected listings looked at again: progress at first, then one report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from koda_desktop.errors import KodaError
from koda_desktop.runtime.work import Progress
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.dialogs.taking import WorkingPart
from koda_desktop.views.format import count, counted
from koda_desktop.views.tables.plain_table import Cell, Line, PlainTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder
from koda_desktop.workspace.rescan import MOST_LINES, Rescanned, RescanReport, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADINGS = ("Listing", "File", "Found", "What")
_WIDTHS = (200, 170, 116, 0)
_LEFT = 12
_PILLS = {
    Standing.SECRETS: ("Secrets", "danger"),
    Standing.ERRORS: ("Errors", "danger"),
    Standing.WARNINGS: ("Warnings", "warning"),
    Standing.FAILED: ("Not read", "warning"),
    Standing.ABSENT: ("Not here", "neutral"),
    Standing.CLEAN: ("Clean", "success"),
}
_COUNTED = {
    Standing.SECRETS: "with secrets",
    Standing.ERRORS: "with errors",
    Standing.WARNINGS: "with warnings",
    Standing.FAILED: "could not be read",
    Standing.ABSENT: "not on this computer",
    Standing.CLEAN: "with nothing to report",
}


class RescanDialog(Dialog):
    """RescanView. ``chosen`` carries the id of a listing to go to."""

    chosen = Signal(str)
    stop_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None, number: int) -> None:
        title = f"Look at the files of {counted(number, 'listing')} again"
        super().__init__(parent, title, "rescan-dialog")
        self._lines: Sequence[Rescanned] = ()
        self.working = WorkingPart()
        self.working.show_words("Looking for secrets and errors")
        self.table = PlainTable(theme, _HEADINGS, _WIDTHS, "rescan-lines", "Findings", _LEFT)
        self.table.opened.connect(self._choose)
        self._words = label("", "secondary", wrap=True, name="rescan-words")
        self._ended = EmptyState(theme, "check-circle", "", "")
        self._report = holder(column(self._words, self.table, gap=12))
        self._stack = QStackedWidget()
        for part in (self.working, self._report, self._ended):
            self._stack.addWidget(part)
        self._stop = Button(theme, "Stop", "rescan-stop")
        self._stop.clicked.connect(self._ask_stop)
        self._go = Button(theme, "Go to the listing", "rescan-go")
        self._go.clicked.connect(self._choose_current)
        self._close = Button(theme, "Close", "rescan-close")
        self._close.clicked.connect(self.accept)
        self._go.hide()
        self._close.hide()
        self.resize(QSize(960, 520))
        self.setMinimumSize(QSize(640, 360))
        self.lay_out(column(self._stack), None, self._stop, self._go, self._close)
        self._stop.setFocus()

    # -- what the controller shows --

    def show_progress(self, progress: Progress) -> None:
        self.working.show_progress(progress)

    def show_report(self, report: RescanReport) -> None:
        self._lines = report.worst_first()
        words = report_words(report)
        if self._lines:
            self._words.setText(words)
            self.table.show_lines([_line(n, one) for n, one in enumerate(self._lines)])
            self.table.pick(0)
            self._end(self._report, words)
        else:
            heading = "Nothing was found" if report.looked_at else "Stopped"
            self._end_with(heading, words)

    def show_problem(self, error: KodaError) -> None:
        self._end_with(error.what, f"{error.kept} {error.remedy}".strip())

    def _end_with(self, heading: str, words: str) -> None:
        self._ended.tell(heading, words)
        self._end(self._ended, f"{heading}. {words}")

    def _end(self, part: QWidget, said: str) -> None:
        self.setAccessibleDescription(said)
        self._stack.setCurrentWidget(part)
        self._stop.hide()
        self._go.setVisible(part is self._report)
        self._close.show()
        (self.table if part is self._report else self._close).setFocus()

    # -- what a person does --

    @Slot()
    def _ask_stop(self) -> None:
        self._stop.setEnabled(False)
        self.stop_asked.emit()

    def reject(self) -> None:
        """Escape stops what is under way before it closes the dialog."""
        if self._stack.currentWidget() is self.working:
            self._ask_stop()
        else:
            super().reject()

    @Slot()
    def _choose_current(self) -> None:
        self._choose(self.table.current_key())

    @Slot(object)
    def _choose(self, key: object) -> None:
        if isinstance(key, int):
            self.accept()
            self.chosen.emit(self._lines[key].listing_id)


def report_words(report: RescanReport) -> str:
    """What it comes to, in a few sentences."""
    parts = [
        f"{count(report.counts[one])} {words}"
        for one, words in _COUNTED.items()
        if report.counts[one]
    ]
    seen = counted(report.looked_at, "listing")
    words = [f"{seen}: {', '.join(parts)}."] if parts else []
    if len(parts) == 1 and report.counts[Standing.CLEAN]:
        words = [f"{seen} {_COUNTED[Standing.CLEAN]}."]
    if report.is_stopped:
        words.insert(0, f"Stopped after {count(report.looked_at)} of {count(report.total)}.")
    if report.held:
        stay = "One is" if report.held == 1 else f"{count(report.held)} are"
        words.append(f"{stay} kept out of the marketplace until the file is put right.")
    if report.freed:
        go = "One that was kept out" if report.freed == 1 else f"{count(report.freed)} kept out"
        words.append(f"{go} may be published now.")
    if len(report.lines) >= MOST_LINES:
        words.append(f"The first {count(MOST_LINES)} are named.")
    return " ".join(words)


def _line(number: int, one: Rescanned) -> Line:
    text, tone = _PILLS[one.standing]
    more = f" and {len(one.words) - 1} more" if len(one.words) > 1 else ""
    name = Cell(one.title, is_strong=True)
    found = Cell(text, pill=tone)
    return Line(number, (name, Cell(one.file_name), found, Cell(f"{one.words[0]}{more}")))
