"""Where a dialog begins: a place to drop something on, and a button to choose it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.drop_overlay import dropped_files
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.layouts import column, holder


class ChoosePart(QWidget):
    """``chosen`` carries the Path that was dropped; ``asked`` that the button was pressed."""

    chosen = Signal(object)
    asked = Signal()

    def __init__(
        self, theme: Theme, name: str, icon: str, heading: str, text: str, verb: str
    ) -> None:
        super().__init__()
        self.button = Button(theme, verb, f"{name}-choose", kind=Kind.PRIMARY, icon=icon)
        self.button.clicked.connect(self.asked)
        state = EmptyState(theme, icon, heading, text, self.button)
        self.setLayout(column(holder(column(state), "box"), gap=0))
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(dropped_files(event.mimeData())) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths: list[Path] = dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.chosen.emit(paths[0])
