"""The import dialog: choose a file, map its columns, look at what would change, take it in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.reviewing import Verdict
from koda_desktop.sync.changesets.rows import ChangeSetResult
from koda_desktop.views.dialogs.choose_part import ChoosePart
from koda_desktop.views.dialogs.import_columns import ColumnsPart
from koda_desktop.views.dialogs.taking import TakingDialog
from koda_desktop.views.format import counted
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.workspace.exchange import Opened

_VERDICTS = (
    Verdict.NEW, Verdict.CHANGED, Verdict.CONFLICT, Verdict.REFUSED, Verdict.SAME,
)  # fmt: skip
_TEXT = (
    "CSV, JSON Lines or XLSX, of Koda, Shopify or Gumroad. Nothing is changed before you have seen "
    "what would change; blank cells and missing columns change nothing."
)


class ImportDialog(TakingDialog):
    """ImportView. ``open_asked`` carries the path of a file and the name of a sheet,
    ``compare_asked`` a ColumnMap."""

    choose_asked = Signal()
    open_asked = Signal(object, str)
    compare_asked = Signal(object)
    report_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(theme, parent, "Import listings", "import-dialog", _VERDICTS)
        self.path = Path()
        self._start = ChoosePart(
            theme,
            "import",
            "file-plus",
            "Drop a file of listings here",
            "A row is about the listing with its id, else its handle, else its title.",
            "Choose a file…",
        )
        self._columns = ColumnsPart(theme)
        self._compare = Button(theme, "Compare", "import-compare", kind=Kind.PRIMARY)
        self._report = Button(
            theme, "Save what was not taken in…", "import-report", icon="download"
        )
        self.add_stage(self._start, self.shut)
        self.add_stage(self._columns, self.back, self.shut, self._compare)
        self._buttons[self.ended] = (self._report, self.undo, self.shut)
        self._buttons[self.review] = (self.back, self._report, self.shut, self.go_on)
        self._faulty = 0
        self._connect()
        self.put_together(self._report, text=_TEXT)
        self.show_stage(self._start)
        self._start.button.setFocus()

    def _connect(self) -> None:
        self._start.asked.connect(self.choose_asked)
        self._start.chosen.connect(self._open)
        self._columns.sheet_chosen.connect(self._open_sheet)
        self._compare.clicked.connect(self._ask_compare)
        self._report.clicked.connect(self.report_asked)
        self.back.clicked.connect(self._go_back)

    @Slot(object)
    def _open(self, path: Path) -> None:
        self.path = path
        self.open_asked.emit(path, "")

    @Slot(str)
    def _open_sheet(self, sheet: str) -> None:
        self.open_asked.emit(self.path, sheet)

    def open_file(self, path: Path) -> None:
        """Begin with this file."""
        self._open(path)

    @Slot()
    def _ask_compare(self) -> None:
        self.compare_asked.emit(self._columns.columns())

    @Slot()
    def _go_back(self) -> None:
        is_review = self.stack.currentWidget() is self.review
        self.show_stage(self._columns if is_review else self._start)

    # -- ImportView --

    def show_columns(self, opened: Opened) -> None:
        self._columns.show_columns(opened)
        self.show_stage(self._columns)
        self._compare.setFocus()

    def _offer(self, counts: dict[Verdict, int]) -> None:
        super()._offer(counts)
        self._faulty = counts.get(Verdict.REFUSED, 0) + counts.get(Verdict.CONFLICT, 0)
        self._report.setVisible(self._faulty > 0)

    def show_result(self, result: ChangeSetResult, left: int) -> None:
        super().show_result(result, left)
        self._report.setVisible(left > 0)

    def show_undone(self, result: ChangeSetResult) -> None:
        super().show_undone(result)
        self._report.setVisible(self._faulty > 0)

    def show_report(self, path: Path, count: int) -> None:
        """The report was written."""
        text = "Correct its rows where the column “error” says so, and import it again."
        self._banner.tell("success", f"{counted(count, 'row')} saved to {path.name}", text)
        self._banner.show()
