"""The files of one intake at its left: how each stands, a filter, and what is done with many."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QProgressBar, QWidget

from koda_desktop.controllers.intake_state import FILTERS, IntakeFile, IntakeStage
from koda_desktop.views.format import count, counted
from koda_desktop.views.tables.intake_list import intake_list
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.segments import Segments

_WIDTH = 300
_NAMES = tuple(FILTERS)
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

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
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
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self._list, self._ask_leave_out_one)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _make_parts(self) -> None:
        theme = self._theme
        self._heading = label("Files", "heading")
        self._filter = Segments(theme, _NAMES, "intake-filter", "Show files")
        self._list, self._model = intake_list(theme)
        self._nothing = label("", "hint", wrap=True, name="intake-list-empty")
        self._nothing.setContentsMargins(20, 6, 20, 0)
        self._progress_words = label("", "hint", name="intake-progress-words")
        self._progress = QProgressBar()
        self._progress.setObjectName("intake-progress")
        self._progress.setTextVisible(False)
        self._save = Button(theme, "Save all ready as drafts", "intake-save-all")
        self._leave_out = Button(
            theme, "Leave out", "intake-leave-out-all", kind=Kind.QUIET, icon="trash"
        )
        self._more = Button(theme, "Add more files", "intake-more", icon="plus")
        self._save.clicked.connect(self._ask_save)
        self._leave_out.clicked.connect(self._ask_leave_out)
        self._more.clicked.connect(self.more_asked)

    def _lay_out(self) -> None:
        progress = column(self._progress_words, self._progress, gap=5, margins=(10, 0, 10, 4))
        self._progress_part = holder(progress)
        heading = row(self._heading, None, margins=(10, 0, 0, 0))
        head = column(heading, self._progress_part, self._filter, gap=10, margins=(10, 22, 10, 10))
        foot = column(self._save, self._leave_out, self._more, gap=8, margins=(14, 10, 14, 14))
        layout = column(head, self._nothing, self._list, foot, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    # -- showing --

    @property
    def first_listed(self) -> int:
        """The number of the file on top of the list; of the first file where the list is empty."""
        return self._listed[0] if self._listed else self._files[0].number

    def show_files(self, files: Sequence[IntakeFile], current: int) -> None:
        """Show ``files`` through the filter; ``current`` is the one on view."""
        self._files = tuple(files)
        self._current = current
        self._heading.setText(counted(len(files), "file"))
        self._show_listed()
        self._show_progress()
        self._filter.set_counts([count(len(self._matching(name))) for name in _NAMES])
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

    def _matching(self, name: str) -> list[IntakeFile]:
        return [file for file in self._files if FILTERS[name](file)]

    def _show_listed(self) -> None:
        name = _NAMES[self._filter.current]
        listed = self._matching(name)
        self._listed = [file.number for file in listed]
        self._model.set_items(listed)
        self._nothing.setText("" if listed else _NONE.get(name, ""))
        self._nothing.setVisible(not listed)
        self.show_current(self._current)

    def _show_progress(self) -> None:
        done = sum(file.stage is not IntakeStage.CHECKING for file in self._files)
        total = len(self._files)
        self._progress_part.setVisible(done < total)
        self._progress.setRange(0, max(total, 1))
        self._progress.setValue(done)
        words = f"Checked {count(done)} of {count(total)}"
        self._progress_words.setText(words)
        self._progress.setAccessibleName(words)

    def _show_fixes(self) -> None:
        ready, broken = len(self._matching("Ready")), len(self._broken())
        self._save.setVisible(ready > 0)
        self._leave_out.setVisible(broken > 0)
        _rename(self._save, f"Save {counted(ready, 'ready file')} as drafts")
        _rename(self._leave_out, f"Leave out {counted(broken, 'file')} with errors")

    def _broken(self) -> list[IntakeFile]:
        return [file for file in self._files if file.is_broken]

    # -- intents --

    @Slot(int)
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
        self.save_asked.emit(tuple(file.number for file in self._matching("Ready")))

    @Slot()
    def _ask_leave_out(self) -> None:
        self.leave_out_asked.emit(tuple(file.number for file in self._broken()))

    @Slot()
    def _ask_leave_out_one(self) -> None:
        if self._current in self._listed:
            self.leave_out_asked.emit((self._current,))


def _rename(button: Button, text: str) -> None:
    button.setText(text)
    button.setAccessibleName(text)
