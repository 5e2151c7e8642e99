"""The bar below the table while several listings are selected."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from koda_desktop.views.format import count, counted
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import row


class SelectionBar(QWidget):
    """How many are selected, and what can be done to all of them."""

    publish_asked = Signal()
    edit_asked = Signal()
    clear_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("selection-bar")
        self.setProperty("surface", "footer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = label("", "strong")
        clear = Button(theme, "Clear selection", "selection-clear", kind=Kind.QUIET)
        publish = Button(
            theme, "Publish selected", "selection-publish", kind=Kind.PRIMARY, icon="upload"
        )
        edit = Button(theme, "Edit…", "selection-edit", icon="edit")
        edit.setToolTip("Change all selected listings at once (Ctrl+Shift+B)")
        edit.clicked.connect(self.edit_asked)
        clear.clicked.connect(self.clear_asked)
        publish.clicked.connect(self.publish_asked)
        self.setLayout(
            row(self._words, None, clear, edit, publish, gap=8, margins=(24, 10, 20, 10))
        )

    def show_count(self, selected: int, total: int) -> None:
        self._words.setText(f"{count(selected)} of {counted(total, 'listing')} selected")
