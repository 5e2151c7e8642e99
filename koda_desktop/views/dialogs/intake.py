"""The intake: dropped files at the left, the one being looked at beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from koda_desktop.controllers.intake_state import IntakeFile, IntakeStage, ListingDraft
from koda_desktop.views.dialogs.intake_panel import IntakePanel
from koda_desktop.views.format import counted
from koda_desktop.views.tables.intake_list import intake_list
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row


class IntakeIntents(Protocol):
    """What the dialog asks of its controller."""

    def edit(self, number: int, draft: ListingDraft) -> None: ...
    def remove(self, number: int) -> None: ...
    def clear(self) -> None: ...
    def save(self, numbers: Sequence[int], *, publish: bool) -> None: ...


class IntakeDialog(QDialog):
    """A view of IntakeController. Closing it forgets what was not saved."""

    add_files_asked = Signal()
    leave_asked = Signal()
    """Escape was pressed over words that were typed and not saved."""

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._intents: IntakeIntents | None = None
        self._files: dict[int, IntakeFile] = {}
        self._current = -1
        self._has_focused = False
        self._is_edited = False
        self.setObjectName("intake-dialog")
        self.setWindowTitle("Add files")
        self.setAccessibleName("Add files")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(1020, 720)
        self.setMinimumSize(720, 520)
        self._list, self._model = intake_list(theme)
        self._panel = IntakePanel(theme)
        self._make_buttons()
        self._left = self._side()
        right = holder(column(self._panel, self._foot(), gap=0))
        layout = row(self._left, right, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._list.selectionModel().currentChanged.connect(self._chosen)
        self._panel.setFocus()

    def _make_buttons(self) -> None:
        theme = self._theme
        self._heading = label("Files", "heading")
        self._more = Button(theme, "Add more files", "intake-more", icon="plus")
        self._save_all = Button(theme, "Save all as drafts", "intake-save-all")
        self._remove = Button(theme, "Leave out", "intake-remove", kind=Kind.QUIET, icon="trash")
        self._draft = Button(theme, "Save as draft", "intake-save")
        self._publish = Button(
            theme, "Save and publish", "intake-publish", kind=Kind.PRIMARY, icon="upload"
        )
        self._publish.setToolTip("Save and publish (Ctrl+Enter)")
        self._draft.setEnabled(False)
        self._publish.setEnabled(False)
        self._more.clicked.connect(self.add_files_asked)
        self._save_all.clicked.connect(self._ask_save_all)
        self._remove.clicked.connect(self._ask_remove)
        self._draft.clicked.connect(self._ask_draft)
        self._publish.clicked.connect(self._ask_publish)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._ask_publish)
        QShortcut(QKeySequence("Ctrl+S"), self, self._ask_draft)

    def _side(self) -> QWidget:
        head = row(self._heading, None, margins=(20, 22, 16, 10))
        foot = column(self._save_all, self._more, gap=8, margins=(14, 10, 14, 14))
        made = holder(column(head, self._list, foot, gap=0), "sidebar", "intake-side")
        made.setFixedWidth(256)
        return made

    def _foot(self) -> QWidget:
        parts = row(self._remove, None, self._draft, self._publish, gap=8, margins=(20, 12, 24, 12))
        return holder(parts, "footer")

    def connect_intents(self, intents: IntakeIntents) -> None:
        self._intents = intents
        self._panel.edited.connect(intents.edit)
        self._panel.edited.connect(self._note_edit)

    # -- what the controller shows --

    def show_files(self, files: Sequence[IntakeFile]) -> None:
        """Show ``files``; the one on view stays on view if it is still there."""
        self._files = {file.number: file for file in files}
        self._model.set_items(list(files))
        self._update_side()
        if not files:
            self._current = -1
            self.done(int(QDialog.DialogCode.Accepted))
        elif self._current not in self._files:
            self._show_number(files[0].number)

    def show_file(self, file: IntakeFile) -> None:
        self._files[file.number] = file
        self._model.set_items(list(self._files.values()))
        self._update_side()
        if file.number == self._current or self._current not in self._files:
            self._show_number(file.number)
            self._focus_once(file)

    def show_done(self, saved: Sequence[str], published: bool) -> None:
        """The saved files are off the list already; nothing more is to be shown."""

    def reject(self) -> None:
        """Escape and the window's own close button: typed words are not thrown away unasked."""
        if self._is_edited and self._files:
            self.leave_asked.emit()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """However it is closed, what was not saved is forgotten."""
        if self._intents is not None and self._files:
            self._files = {}
            self._intents.clear()
        super().done(result)

    def _focus_once(self, file: IntakeFile) -> None:
        """The cursor goes to the price of the first file that is ready; later it stays put."""
        if not self._has_focused and file.can_save:
            self._has_focused = True
            self._panel.focus_form()

    def _update_side(self) -> None:
        number = len(self._files)
        self._heading.setText(counted(number, "file"))
        self._left.setVisible(number > 1)
        ready = [f for f in self._files.values() if f.can_save]
        self._save_all.setVisible(len(ready) > 1)
        self._save_all.setText(f"Save {len(ready)} as drafts")

    def _show_number(self, number: int) -> None:
        self._current = number
        file = self._files[number]
        self._panel.show_file(file)
        can_save = file.stage is IntakeStage.CHECKED and file.can_save
        self._draft.setEnabled(can_save)
        self._publish.setEnabled(can_save and file.is_publishable)
        line = list(self._files).index(number)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self._list.selectionModel().setCurrentIndex(self._model.index(line), flag)

    # -- intents --

    @Slot()
    def _note_edit(self) -> None:
        self._is_edited = True

    @Slot(QModelIndex, QModelIndex)
    def _chosen(self, index: QModelIndex, before: QModelIndex) -> None:
        numbers = list(self._files)
        if index.isValid() and index.row() < len(numbers):
            number = numbers[index.row()]
            if number != self._current:
                self._show_number(number)

    @Slot()
    def _ask_save_all(self) -> None:
        if self._intents is not None:
            ready = [number for number, file in self._files.items() if file.can_save]
            self._intents.save(ready, publish=False)

    @Slot()
    def _ask_remove(self) -> None:
        if self._intents is not None:
            self._intents.remove(self._current)

    @Slot()
    def _ask_draft(self) -> None:
        if self._intents is not None and self._draft.isEnabled():
            self._intents.save([self._current], publish=False)

    @Slot()
    def _ask_publish(self) -> None:
        if self._intents is not None and self._publish.isEnabled():
            self._intents.save([self._current], publish=True)
