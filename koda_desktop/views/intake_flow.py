"""From dropped files to drafts: opens the intake dialog and carries its controller's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.messages import Level
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.controllers.tools import Tools
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.format import counted
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from koda_desktop.controllers.intake import Inspect, IntakeController
    from koda_desktop.controllers.intake_becoming import Revised
    from koda_desktop.controllers.intake_state import IntakeFile, SecretLine
    from koda_desktop.controllers.preview import ShownPreview
    from koda_desktop.views.dialogs.intake import IntakeDialog
    from koda_desktop.workflows.drawing.scene import Scene
    from koda_desktop.workspace.allowances import Allowances
    from koda_desktop.workspace.facade import Workspace

_KINDS = "Workflows (*.json *.py *.zip *.txt);;All files (*)"


class IntakeFlow(QObject):
    """The view of IntakeController; the dialog is made when the first file comes."""

    def __init__(
        self,
        theme: Theme,
        tools: Tools,
        window: QWidget,
        inspect: Inspect,
        allowances: Allowances,
        preferences: Preferences,
        show_listing: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._tools = tools
        self._window = window
        self._show_listing = show_listing
        self._dialog: IntakeDialog | None = None
        self._inspect = inspect
        self._allowances = allowances
        self._preferences = preferences
        self._workspace: Workspace | None = None
        self._made: IntakeController | None = None

    @property
    def controller(self) -> IntakeController:
        """Made when the first file comes: it is of no use for the first paint."""
        if self._made is None:
            from koda_desktop.controllers.intake import IntakeController
            from koda_desktop.controllers.intake_previews import IntakePreviews
            from koda_desktop.controllers.keeping import Keeping
            from koda_desktop.views.preview_pictures import paint_preview, shrink

            keeping = Keeping(self._preferences)
            previews = IntakePreviews(self._tools, self, paint_preview, shrink)
            self._made = IntakeController(
                self._tools, self, self._inspect, self._allowances, keeping, previews
            )
            self._made.use(self._workspace)
        return self._made

    def use(self, workspace: Workspace | None) -> None:
        """Save drafts in ``workspace`` from now on."""
        self._workspace = workspace
        if self._made is not None:
            self._made.use(workspace)

    def add(self, paths: Sequence[Path], listing_id: str = "") -> None:
        """Check the files at ``paths`` and show what is found.

        A single one that was let go over a listing is offered as its next version.
        """
        if paths:
            self._open()
            self.controller.add(paths, listing_id)

    def choose(self) -> None:
        """Let the person choose files."""
        self._tools.spawn(self._choose(), "intake.choose")

    async def _choose(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._dialog or self._window, "Add workflow files", "", _KINDS)
        dialog.setObjectName("file-dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        if await ask(dialog):
            self.add([Path(name) for name in dialog.selectedFiles()])

    def _open(self) -> IntakeDialog:
        if self._dialog is None:
            from koda_desktop.views.dialogs.intake import IntakeDialog

            dialog = self._dialog = IntakeDialog(self._theme, self._window)
            dialog.connect_intents(self.controller)
            dialog.add_files_asked.connect(self.choose)
            dialog.leave_asked.connect(self._ask_leave)
            dialog.allow_asked.connect(self._ask_allow)
            dialog.picture_asked.connect(self._ask_picture)
            dialog.save_all_asked.connect(self._ask_save_all)
            dialog.finished.connect(self._closed)
            dialog.open()
        return self._dialog

    @Slot()
    def _ask_leave(self) -> None:
        self._tools.spawn(self._leave(), "intake.leave")

    async def _leave(self) -> None:
        from koda_desktop.views.dialogs.confirm import ConfirmDialog

        text = "What you typed is lost. The files on your disk are not touched."
        question = ConfirmDialog(self._theme, self._dialog, "Leave without saving?", text, "Leave")
        if await ask(question) and self._dialog is not None:
            self._dialog.done(0)

    @Slot(object)
    def _ask_save_all(self, numbers: Sequence[int]) -> None:
        self._tools.spawn(self._save_all(numbers), "intake.ask-save-all")

    async def _save_all(self, numbers: Sequence[int]) -> None:
        from koda_desktop.views.dialogs.price import PriceDialog

        files = [file for file in self.controller.files if file.number in numbers]
        unpriced = sum(
            file.draft.price_minor is None and file.becomes.match is None for file in files
        )
        if unpriced:
            dialog = PriceDialog(self._theme, self._dialog, unpriced)
            if not await ask(dialog):
                return
            self.controller.set_price(numbers, dialog.price_minor)
        self.controller.save(numbers, publish=False)

    @Slot(int, object)
    def _ask_allow(self, number: int, secret: SecretLine) -> None:
        self._tools.spawn(self._allow(number, secret), "intake.ask-allow")

    async def _allow(self, number: int, secret: SecretLine) -> None:
        from koda_desktop.views.dialogs.allow import AllowDialog

        dialog = AllowDialog(self._theme, self._dialog, secret)
        if await ask(dialog):
            self.controller.allow(number, secret.digest, dialog.reason)

    @Slot(int)
    def _ask_picture(self, number: int) -> None:
        self._tools.spawn(self._picture(number), "intake.ask-picture")

    async def _picture(self, number: int) -> None:
        from koda_desktop.views.dialogs.picture import ask_picture

        path = await ask_picture(self._dialog or self._window)
        if path is not None:
            self.controller.previews.choose(number, path)

    @Slot(int)
    def _closed(self, result: int) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()

    # -- what the controller shows --

    def show_files(self, files: Sequence[IntakeFile]) -> None:
        if self._dialog is not None:
            self._dialog.show_files(files)

    def show_file(self, file: IntakeFile) -> None:
        if self._dialog is not None:
            self._dialog.show_file(file)

    def show_scene(self, number: int, scene: Scene) -> None:
        if self._dialog is not None:
            self._dialog.show_scene(number, scene)

    def show_preview(self, number: int, shown: ShownPreview) -> None:
        if self._dialog is not None:
            self._dialog.show_preview(number, shown)

    def show_done(self, saved: Sequence[str], published: bool, revised: Sequence[Revised]) -> None:
        if saved:
            self._tell_saved(saved, published)
        if revised:
            self._tell_revised(revised)
        if len(saved) + len(revised) == 1:
            self._show_listing(saved[0] if saved else revised[0].listing_id)

    def _tell_revised(self, revised: Sequence[Revised]) -> None:
        text = f"{counted(len(revised), 'listing')} got new versions"
        if len(revised) == 1:
            text = f"“{revised[0].title}” is version {revised[0].version}"
        goes = any(one.is_published for one in revised)
        detail = "What is published goes out with the next sync." if goes else ""
        self._tools.messages.tell(Level.SUCCESS, text, detail, key="intake-revised")

    def _tell_saved(self, saved: Sequence[str], published: bool) -> None:
        what = counted(len(saved), "listing")
        text = f"{what} queued to be published" if published else f"{what} saved as a draft"
        if len(saved) > 1 and not published:
            text = f"{what} saved as drafts"
        self._tools.messages.tell(Level.SUCCESS, text, key="intake-done")
