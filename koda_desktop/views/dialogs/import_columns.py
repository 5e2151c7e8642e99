"""Which column of a file is which of Koda's: one line a column, with what its cells hold."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from koda_desktop.sync.exchange.columns import LEFT_OUT, Column, Reading, Use
from koda_desktop.sync.exchange.mapping import ColumnMap
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.workspace.exchange import Opened

_MOST = 200
"""Columns that are shown; a file with more has the rest left out."""

USES: tuple[tuple[str, Use], ...] = (
    ("Leave out", LEFT_OUT),
    ("Id", Use(Column.ID)),
    ("Handle", Use(Column.HANDLE)),
    ("Title", Use(Column.TITLE)),
    ("Description", Use(Column.DESCRIPTION)),
    ("Description, in HTML", Use(Column.DESCRIPTION, Reading.HTML)),
    ("Price", Use(Column.PRICE)),
    ("Price, in cents", Use(Column.PRICE, Reading.CENTS)),
    ("Currency", Use(Column.CURRENCY)),
    ("Category", Use(Column.CATEGORY)),
    ("Tags", Use(Column.TAGS)),
    ("Platform", Use(Column.PLATFORM)),
    ("Version", Use(Column.VERSION)),
    ("On sale: yes or no", Use(Column.ACTIVE)),
    ("On sale: active or draft", Use(Column.ACTIVE, Reading.ON_SALE)),
    ("Preview address", Use(Column.PREVIEW_IMAGE_URL)),
    ("Metadata", Use(Column.METADATA)),
    ("Archived at", Use(Column.ARCHIVED_AT)),
    ("Row hash", Use(Column.ROW_HASH)),
    ("For people only", Use(Column.STATUS)),
)
_READ_ONLY = (Column.STATUS, Column.FILE_NAME, Column.UPDATED_AT, Column.ERROR, Column.FILE_PATH)


class ColumnsPart(QWidget):
    """``sheet_chosen`` carries the name of another sheet of the workbook."""

    sheet_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._opened: Opened | None = None
        self._combos: list[Combo] = []
        self._origin = label("", "secondary", wrap=True, name="import-origin")
        self._notes = label("", "hint", wrap=True, name="import-notes")
        self._sheet = Combo(theme, [], "import-sheet", "Sheet of the workbook")
        self._sheet.activated.connect(self._choose_sheet)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        for place, stretch in enumerate((2, 3, 2)):
            self._grid.setColumnStretch(place, stretch)
        rows = holder(column(self._grid, None))
        head = row(self._origin, self._sheet, gap=12)
        head.setStretch(0, 1)
        layout = column(head, self._notes, scrolled(rows, "import-columns"), gap=8)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def show_columns(self, opened: Opened) -> None:
        """Show the columns of a file as they are proposed, or were chosen before."""
        self._opened = opened
        self._origin.setText(
            f"{opened.path.name}: {len(opened.columns.header)} columns, read as a file of "
            f"{opened.columns.origin}. Say which column is what; it is remembered for the next "
            "file with these columns."
        )
        self._notes.setText(" ".join(opened.notes))
        self._notes.setVisible(bool(opened.notes))
        self._sheet.clear()
        self._sheet.addItems(list(opened.sheets))
        self._sheet.setCurrentText(opened.sheet)
        self._sheet.setVisible(len(opened.sheets) > 1)
        self._show_grid(opened)

    def _show_grid(self, opened: Opened) -> None:
        clear(self._grid)
        self._combos = []
        for place, text in enumerate(("Column of the file", "Its first cells", "Used as")):
            self._grid.addWidget(label(text, "field"), 0, place)
        columns = opened.columns
        for number, name in enumerate(columns.header[:_MOST]):
            cells = [row_cells[number] for row_cells in opened.sample]
            combo = self._combo(name, columns.uses[number])
            self._combos.append(combo)
            self._grid.addWidget(ElidedLabel(name), number + 1, 0)
            self._grid.addWidget(ElidedLabel(_sample(cells), "secondary"), number + 1, 1)
            self._grid.addWidget(combo, number + 1, 2)

    def _combo(self, name: str, use: Use) -> Combo:
        combo = Combo(
            self._theme, [words for words, _ in USES], "import-use", f"“{name}” is used as"
        )
        combo.setObjectName(f"import-use-{name}")
        combo.setCurrentIndex(_place(use))
        return combo

    def columns(self) -> ColumnMap:
        """The columns as they are chosen now."""
        assert self._opened is not None
        begun = self._opened.columns
        uses = [
            old if _place(old) == combo.currentIndex() else USES[combo.currentIndex()][1]
            for combo, old in zip(self._combos, begun.uses, strict=False)
        ]
        uses += [LEFT_OUT] * (len(begun.header) - len(uses))
        return ColumnMap(begun.header, tuple(uses), begun.origin)

    def focus_first(self) -> None:
        if self._combos:
            self._combos[0].setFocus()

    @Slot(int)
    def _choose_sheet(self, index: int) -> None:
        self.sheet_chosen.emit(self._sheet.itemText(index))


def _place(use: Use) -> int:
    if use.column in _READ_ONLY:
        use = Use(Column.STATUS)
    return next((n for n, (_, known) in enumerate(USES) if known == use), 0)


def _sample(cells: list[str]) -> str:
    return "  ·  ".join(cell[:80] for cell in cells if cell.strip()) or "(blank)"
