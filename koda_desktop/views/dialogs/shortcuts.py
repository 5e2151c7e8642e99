"""The sheet of keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.labels import label


class ShortcutsDialog(Dialog):
    """Every shortcut with what it does."""

    def __init__(
        self, theme: Theme, parent: QWidget | None, shortcuts: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(parent, "Keyboard shortcuts", "shortcuts-dialog")
        grid = QGridLayout()
        grid.setVerticalSpacing(9)
        grid.setColumnStretch(0, 1)
        for line, (text, keys) in enumerate(shortcuts):
            grid.addWidget(label(text), line, 0)
            grid.addWidget(label(keys, "mono"), line, 1, Qt.AlignmentFlag.AlignRight)
        close = Button(theme, "Close", "shortcuts-close")
        close.clicked.connect(self.accept)
        self.setFixedWidth(420)
        self.lay_out(grid, None, close)
        close.setFocus()
