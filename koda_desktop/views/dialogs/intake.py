"""The intake: dropped files at the left, the one being looked at beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from koda_desktop.controllers.intake_state import (
    IntakeFile,
    IntakeStage,
    ListingDraft,
    RemovalLine,
)
from koda_desktop.controllers.intake_tally import IntakeTally
from koda_desktop.views.dialogs.intake_panel import IntakePanel
from koda_desktop.views.dialogs.intake_side import IntakeSide
from koda_desktop.views.dialogs.intake_words import publish_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind, side_before
from koda_desktop.views.widgets.layouts import column, holder, row

if TYPE_CHECKING:
    from koda_desktop.controllers.intake_becoming import Becoming
    from koda_desktop.controllers.intake_previews import IntakePreviews
    from koda_desktop.controllers.preview import ShownPreview
    from koda_desktop.workflows.drawing.scene import Scene

_SIDE = 28
_FEW = 100
"""Up to so many files the list at the side is drawn anew for each one that was checked."""
_SIDE_MS = 120


class IntakeIntents(Protocol):
    """What the dialog asks of its controller."""

    def edit(self, number: int, draft: ListingDraft) -> None: ...
    def remove(self, numbers: Iterable[int]) -> None: ...
    def clear(self) -> None: ...
    def save(self, numbers: Sequence[int], *, publish: bool) -> None: ...
    def forbid(self, digest: str) -> None: ...
    def draw(self, number: int) -> None: ...
    def keep_kind(self, numbers: Iterable[int], kind: str, keep: bool) -> None: ...
    def keep_place(self, number: int, kind: str, where: str, keep: bool) -> None: ...
    def remember(self, kind: str, remembered: bool) -> None: ...
    def stop(self) -> None: ...
    def go_on(self) -> None: ...
    @property
    def previews(self) -> IntakePreviews: ...
    @property
    def becoming(self) -> Becoming: ...


class IntakeDialog(QDialog):
    """A view of IntakeController. Closing it forgets what was not saved."""

    add_files_asked = Signal()
    leave_asked = Signal()
    """Escape was pressed over words that were typed and not saved."""
    save_all_asked = Signal(object)
    """The numbers of the files to be saved as drafts; some may have no price yet."""
    allow_asked = Signal(int, object)
    """A file's number and the SecretLine that is said to be no secret."""
    picture_asked = Signal(int)
    """The number of the file whose preview is to be chosen."""

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._intents: IntakeIntents | None = None
        self._files: dict[int, IntakeFile] = {}
        self._tally = IntakeTally()
        self._current = -1
        self._has_focused = False
        self._is_edited = False
        self._side_is_late = QTimer(self)
        self._side_is_late.setSingleShot(True)
        self._side_is_late.setInterval(_SIDE_MS)
        self._side_is_late.timeout.connect(self._update_side)
        self.setObjectName("intake-dialog")
        self.setWindowTitle("Add files")
        self.setAccessibleName("Add files")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(1020, 720)
        self.setMinimumSize(760, 520)
        self._side = IntakeSide(theme)
        self._panel = IntakePanel(theme)
        self._make_buttons()
        right = holder(column(self._panel, self._foot(), gap=0))
        layout = row(self._side, right, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._wire()
        self._panel.setFocus()

    def _wire(self) -> None:
        self._side.chosen.connect(self._show_number)
        self._side.more_asked.connect(self.add_files_asked)
        self._side.save_asked.connect(self.save_all_asked)
        self._side.leave_out_asked.connect(self._ask_leave_out)
        self._panel.allow_asked.connect(self.allow_asked)
        self._panel.picture_asked.connect(self.picture_asked)
        self._panel.keep_asked.connect(self._ask_keep)
        self._panel.keep_one_asked.connect(self._ask_keep_one)
        self._panel.keep_everywhere_asked.connect(self._ask_keep_everywhere)

    def _make_buttons(self) -> None:
        theme = self._theme
        self._remove = Button(theme, "Leave out", "intake-remove", kind=Kind.QUIET, icon="trash")
        self._draft = Button(theme, "Save as draft", "intake-save")
        self._publish = Button(
            theme, "Save and publish", "intake-publish", kind=Kind.PRIMARY, icon="upload"
        )
        self._draft.setEnabled(False)
        self._publish.setEnabled(False)
        self._remove.clicked.connect(self._ask_remove)
        self._draft.clicked.connect(self._ask_draft)
        self._publish.clicked.connect(self._ask_publish)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._ask_publish)
        QShortcut(QKeySequence("Ctrl+S"), self, self._ask_draft)

    def _foot(self) -> QWidget:
        margins = (side_before(self._remove, _SIDE), 12, _SIDE, 12)
        parts = row(self._remove, None, self._draft, self._publish, gap=8, margins=margins)
        return holder(parts, "footer")

    def connect_intents(self, intents: IntakeIntents) -> None:
        self._intents = intents
        self._panel.edited.connect(intents.edit)
        self._panel.edited.connect(self._note_edit)
        self._panel.forbid_asked.connect(intents.forbid)
        self._panel.scene_asked.connect(intents.draw)
        self._panel.remember_asked.connect(intents.remember)
        self._panel.preview_asked.connect(intents.previews.show)
        self._panel.preview_taken.connect(intents.previews.take)
        self._panel.becomes_asked.connect(intents.becoming.choose)
        self._panel.version_typed.connect(intents.becoming.set_version)
        self._side.stop_asked.connect(intents.stop)
        self._side.go_on_asked.connect(intents.go_on)

    # -- what the controller shows --

    def show_files(self, files: Sequence[IntakeFile]) -> None:
        """Show ``files``; the one on view stays on view if it is still there."""
        self._files = {file.number: file for file in files}
        self._update_side()
        if not files:
            self._current = -1
            self.done(int(QDialog.DialogCode.Accepted))
        elif self._current not in self._files:
            self._show_number(self._side.first_listed)
        else:
            self._show_number(self._current)

    def show_file(self, file: IntakeFile) -> None:
        self._files[file.number] = file
        self._update_side_soon()
        if file.number == self._current or self._current not in self._files:
            self._show_number(file.number)
            self._focus_once(file)

    def show_scene(self, number: int, scene: Scene) -> None:
        """The picture of a file; a late one, of a file that is not on view, is dropped."""
        if number == self._current:
            self._panel.show_scene(scene)

    def show_preview(self, number: int, shown: ShownPreview) -> None:
        """The preview of a file; that of one that is not on view is dropped."""
        if number == self._current:
            self._panel.show_preview(shown)

    def reject(self) -> None:
        """Escape and the window's own close button: typed words are not thrown away unasked."""
        if self._is_edited and self._files:
            self.leave_asked.emit()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """However it is closed, what was not saved is forgotten."""
        if self._intents is not None:
            self._files = {}
            self._intents.clear()
        super().done(result)

    def _focus_once(self, file: IntakeFile) -> None:
        """The cursor goes to the price of the first file that is ready; later it stays put."""
        if not self._has_focused and file.can_save:
            self._has_focused = True
            self._panel.focus_form()

    def _update_side_soon(self) -> None:
        """Of many files dozens are checked in a second: the list follows a few times in one."""
        if len(self._files) <= _FEW:
            self._update_side()
        elif not self._side_is_late.isActive():
            self._side_is_late.start()

    @Slot()
    def _update_side(self) -> None:
        self._side_is_late.stop()
        files = tuple(self._files.values())
        self._tally.read(files)
        if files:
            self._side.show_files(self._tally, files, self._current)
        self._side.setVisible(len(self._files) > 1)
        self._show_others()

    def _show_others(self) -> None:
        self._panel.show_others(self._tally.others(self._current))

    @Slot(int)
    def _show_number(self, number: int) -> None:
        self._current = number
        file = self._files[number]
        self._panel.show_file(file)
        self._offer(file)
        self._side.show_current(number)
        self._show_others()

    def _offer(self, file: IntakeFile) -> None:
        """What can be done with ``file`` as it stands."""
        is_settled = file.stage is IntakeStage.CHECKED and not file.is_rechecking
        can_save, match = is_settled and file.can_save, file.becomes.match
        self._draft.setText("Save as draft" if match is None else "Save new version")
        self._draft.setAccessibleName(self._draft.text())
        self._draft.setEnabled(can_save and (match is None or file.is_publishable))
        self._publish.setVisible(match is None or not match.is_published)
        self._publish.setEnabled(can_save and file.is_publishable)
        self._publish.setToolTip(publish_words(file))

    # -- intents --

    @Slot(int, object)
    def _note_edit(self, number: int, draft: ListingDraft) -> None:
        """What is typed is still there when the file comes back into view."""
        self._is_edited = True
        if number in self._files:
            self._files[number] = replace(self._files[number], draft=draft)

    @Slot(int, str, bool)
    def _ask_keep(self, number: int, kind: str, keep: bool) -> None:
        if self._intents is not None:
            self._intents.keep_kind([number], kind, keep)

    @Slot(int, object)
    def _ask_keep_one(self, number: int, line: RemovalLine) -> None:
        if self._intents is not None:
            self._intents.keep_place(number, line.kind, line.where, not line.is_kept)

    @Slot(str, bool)
    def _ask_keep_everywhere(self, kind: str, keep: bool) -> None:
        if self._intents is not None:
            self._intents.keep_kind(tuple(self._files), kind, keep)

    @Slot(object)
    def _ask_leave_out(self, numbers: Sequence[int]) -> None:
        if self._intents is not None:
            self._intents.remove(numbers)

    @Slot()
    def _ask_remove(self) -> None:
        if self._intents is not None:
            self._intents.remove([self._current])

    @Slot()
    def _ask_draft(self) -> None:
        if self._intents is not None and self._draft.isEnabled():
            self._intents.save([self._current], publish=False)

    @Slot()
    def _ask_publish(self) -> None:
        if self._intents is not None and self._publish.isEnabled():
            self._intents.save([self._current], publish=True)
