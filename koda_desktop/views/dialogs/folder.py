"""The folder dialog: choose a folder, look at what would change, take it in, keep watching it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.reviewing import Verdict
from koda_desktop.views.dialogs.choose_part import ChoosePart
from koda_desktop.views.dialogs.taking import TakingDialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.switch_line import SwitchLine

_VERDICTS = (
    Verdict.NEW, Verdict.CHANGED, Verdict.GONE, Verdict.REFUSED, Verdict.SAME,
)  # fmt: skip
_TEXT = (
    "New workflow files become drafts, changed files of drafts take the place of the old ones. "
    "Files are told by what is in them, not by names or times. Nothing is published by this."
)


class FolderDialog(TakingDialog):
    """FolderView. ``compare_asked`` carries the path of a folder, ``watch_asked`` whether to."""

    choose_asked = Signal()
    compare_asked = Signal(object)
    take_asked = Signal(bool)
    watch_asked = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None, *, is_watched: bool) -> None:
        super().__init__(theme, parent, "Folder as shop", "folder-dialog", _VERDICTS)
        self.root = Path()
        self._gone = self._number = 0
        self._start = ChoosePart(
            theme,
            "folder",
            "folder",
            "Drop a folder here",
            "A file koda-shop.csv in it, if there is one, gives prices and other fields by the "
            "path of each file.",
            "Choose a folder…",
        )
        gone = "Take listings off sale whose files are gone"
        self._deactivate = SwitchLine(theme, gone, "folder-deactivate")
        self._watch = SwitchLine(theme, "Watch this folder", "folder-watch", is_on=is_watched)
        self._watch.setToolTip("Tell me when its files change, as long as Koda runs")
        self.add_stage(self._start, self.shut)
        self._buttons[self.review] = (
            self.back, self._deactivate, self._watch, self.shut, self.go_on,
        )  # fmt: skip
        self._buttons[self.ended] = (self.undo, self._watch, self.shut)
        self._connect()
        self.put_together(self._watch, self._deactivate, text=_TEXT)
        self.show_stage(self._start)
        self._start.button.setFocus()

    def _connect(self) -> None:
        self._start.asked.connect(self.choose_asked)
        self._start.chosen.connect(self.compare_asked)
        self.apply_asked.connect(self._take)
        self._deactivate.turned.connect(self._show_go_on)
        self._watch.turned.connect(self.watch_asked)
        self.back.clicked.connect(self._go_back)

    def show_folder(self, root: Path) -> None:
        """The folder that is compared from now on."""
        self.root = root

    def _offer(self, counts: dict[Verdict, int]) -> None:
        super()._offer(counts)
        self._gone = counts.get(Verdict.GONE, 0)
        self._number = counts.get(Verdict.NEW, 0) + counts.get(Verdict.CHANGED, 0)
        self._deactivate.setVisible(self._gone > 0)
        self._deactivate.set_on(False)

    @Slot(bool)
    def _show_go_on(self, is_on: bool) -> None:
        """Gone files alone are something to do, once it is to be done."""
        self.go_on.setEnabled(self._number > 0 or is_on)

    @Slot()
    def _take(self) -> None:
        self.take_asked.emit(self._deactivate.is_on and self._gone > 0)

    @Slot()
    def _go_back(self) -> None:
        self.show_stage(self._start)
