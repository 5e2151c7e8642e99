"""The files of one intake at its left: how each stands, a filter, and what is done with many."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QProgressBar, QWidget

from koda_desktop.controllers.intake_state import FILTERS, IntakeFile, IntakeStage
from koda_desktop.controllers.intake_tally import IntakeTally
from koda_desktop.views.format import count, counted
from koda_desktop.views.tables.intake_list import intake_list
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.search_field import SearchField
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.workflows.inspection import PLATFORMS

_WIDTH = 300
_NAMES = tuple(FILTERS)
_ANY = "All platforms"
_FEW = 12
"""Up to so many files nobody needs to search for one."""
_NONE = {
    "Problems": "No file has problems.",
    "Secrets": "No file holds a secret.",
    "Ready": "No file is ready yet.",
}


class IntakeSide(QWidget):
    """Signals carry numbers of files: ``chosen`` one, the others a tuple."""

    chosen = Signal(int)
    save_asked = Signal(object)
    leave_out_asked = Signal(object)
    more_asked = Signal()
    stop_asked = Signal()
    go_on_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tally = IntakeTally()
        self._files: tuple[IntakeFile, ...] = ()
        self._listed: list[int] = []
        self._current = -1
        self.setObjectName("intake-side")
        self.setProperty("surface", "sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        self._make_parts()
        self._lay_out()
        self._list.selectionModel().currentChanged.connect(self._moved)
        self._filter.chosen.connect(self._filter_changed)
        self._search.searched.connect(self._filter_changed)
        self._platform.currentIndexChanged.connect(self._filter_changed)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self._list, self._ask_leave_out_one)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _make_parts(self) -> None:
        theme = self._theme
        self._heading = label("Files", "heading")
        self._filter = Segments(theme, _NAMES, "intake-filter", "Show files")
        self._search = SearchField(theme, "Find a file", "intake-search", "Find a file")
        self._platform = Combo(theme, [_ANY], "intake-platform", "Platform")
        self._list, self._model = intake_list(theme)
        self._nothing = label("", "hint", wrap=True, name="intake-list-empty")
        self._nothing.setContentsMargins(20, 6, 20, 0)
        self._progress_words = label("", "hint", name="intake-progress-words")
        self._progress = QProgressBar()
        self._progress.setObjectName("intake-progress")
        self._progress.setTextVisible(False)
        self._stop = Button(theme, "Stop", "intake-stop", kind=Kind.QUIET, small=True,
                            spoken="Stop checking the files that are left")  # fmt: skip
        self._go_on = Button(theme, "Go on checking", "intake-go-on", icon="refresh")
        self._save = Button(theme, "Save all ready as drafts", "intake-save-all")
        self._leave_out = Button(
            theme, "Leave out", "intake-leave-out-all", kind=Kind.QUIET, icon="trash"
        )
        self._more = Button(theme, "Add more files", "intake-more", icon="plus")
        self._save.clicked.connect(self._ask_save)
        self._leave_out.clicked.connect(self._ask_leave_out)
        self._more.clicked.connect(self.more_asked)
        self._stop.clicked.connect(self.stop_asked)
        self._go_on.clicked.connect(self.go_on_asked)

    def _lay_out(self) -> None:
        words = row(self._progress_words, None, self._stop, gap=6)
        progress = column(words, self._progress, gap=4, margins=(10, 0, 10, 4))
        self._progress_part = holder(progress)
        heading = row(self._heading, None, margins=(10, 0, 0, 0))
        self._narrowing = holder(column(self._search, self._platform, gap=8))
        head = column(heading, self._progress_part, self._narrowing, self._filter, gap=10,
                      margins=(10, 22, 10, 10))  # fmt: skip
        foot = column(self._go_on, self._save, self._leave_out, self._more, gap=8,
                      margins=(14, 10, 14, 14))  # fmt: skip
        layout = column(head, self._nothing, self._list, foot, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    # -- showing --

    @property
    def first_listed(self) -> int:
        """The number of the file on top of the list; of the first file where the list is empty."""
        return self._listed[0] if self._listed else self._files[0].number

    def show_files(self, tally: IntakeTally, files: Sequence[IntakeFile], current: int) -> None:
        """Show ``files``, which ``tally`` counted, through the filter; ``current`` is on view."""
        self._tally = tally
        self._files = tuple(files)
        self._current = current
        self._heading.setText(counted(len(files), "file"))
        self._show_narrowing()
        self._show_listed()
        self._show_progress()
        self._filter.set_counts([count(self._tally.filters[name]) for name in _NAMES])
        self._show_fixes()

    def show_current(self, number: int) -> None:
        """Mark file ``number``; nothing is marked where the filter leaves it out."""
        self._current = number
        if number not in self._listed:
            self._list.selectionModel().clear()
            return
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        index = self._model.index(self._listed.index(number))
        self._list.selectionModel().setCurrentIndex(index, flag)

    def _narrowed(self) -> list[IntakeFile]:
        """The files of the chosen standing and platform whose names hold the words typed."""
        words = self._search.text().casefold().split()
        platform = self._platform.currentData()
        return [
            file
            for file in self._tally.matching(_NAMES[self._filter.current])
            if (not platform or file.platform == platform)
            and all(word in file.path.name.casefold() for word in words)
        ]

    def _show_narrowing(self) -> None:
        """The field and the platforms, where there is anything to choose from."""
        found = self._tally.platforms
        self._search.setVisible(len(self._files) > _FEW or bool(self._search.text()))
        chosen = self._platform.currentData()
        names = [name for name in PLATFORMS if found[name] or name == chosen]
        self._platform.setVisible(len(names) > 1)
        self._narrowing.setVisible(not (self._search.isHidden() and self._platform.isHidden()))
        with QSignalBlocker(self._platform):
            self._platform.clear()
            self._platform.addItem(_ANY, "")
            for name in names:
                self._platform.addItem(f"{name} ({count(found[name])})", name)
            self._platform.setCurrentIndex(max(0, self._platform.findData(chosen)))

    def _show_listed(self) -> None:
        listed = self._narrowed()
        self._listed = [file.number for file in listed]
        self._model.set_items(listed)
        self._nothing.setText("" if listed else self._none_words())
        self._nothing.setVisible(not listed)
        self.show_current(self._current)

    def _none_words(self) -> str:
        if self._search.text().strip() or self._platform.currentData():
            return "No file matches."
        return _NONE.get(_NAMES[self._filter.current], "")

    def _show_progress(self) -> None:
        total = len(self._files)
        done = total - self._tally.stages[IntakeStage.CHECKING]
        self._progress_part.setVisible(done < total)
        self._progress.setRange(0, max(total, 1))
        self._progress.setValue(done)
        words = f"Checked {count(done)} of {count(total)}"
        self._progress_words.setText(words)
        self._progress.setAccessibleName(words)

    def _show_fixes(self) -> None:
        ready, broken = self._tally.filters["Ready"], len(self._tally.broken())
        left = self._tally.stages[IntakeStage.STOPPED]
        self._go_on.setVisible(left > 0)
        _rename(self._go_on, f"Check the {counted(left, 'file')} left")
        self._save.setVisible(ready > 0)
        self._leave_out.setVisible(broken > 0)
        _rename(self._save, f"Save {counted(ready, 'ready file')} as drafts")
        _rename(self._leave_out, f"Leave out {counted(broken, 'file')} with errors")

    # -- intents --

    @Slot()
    def _filter_changed(self) -> None:
        self._show_listed()
        if self._listed and self._current not in self._listed:
            self.chosen.emit(self._listed[0])

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, index: QModelIndex, before: QModelIndex) -> None:
        if index.isValid() and index.row() < len(self._listed):
            number = self._listed[index.row()]
            if number != self._current:
                self.chosen.emit(number)

    @Slot()
    def _ask_save(self) -> None:
        self.save_asked.emit(tuple(file.number for file in self._tally.matching("Ready")))

    @Slot()
    def _ask_leave_out(self) -> None:
        self.leave_out_asked.emit(tuple(file.number for file in self._tally.broken()))

    @Slot()
    def _ask_leave_out_one(self) -> None:
        if self._current in self._listed:
            self.leave_out_asked.emit((self._current,))


def _rename(button: Button, text: str) -> None:
    button.setText(text)
    button.setAccessibleName(text)
