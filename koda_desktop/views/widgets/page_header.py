"""The head of a page: its name, a quiet remark, and what one can do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import row

_HEIGHT = 64
SIDE_MARGIN = 24
_GAP = 10


class PageHeader(QWidget):
    """A title at the left, actions at the right; the remark goes where there is no room for it."""

    def __init__(self, title: str, *actions: QWidget) -> None:
        super().__init__()
        self._title = label(title, "title")
        self._remark = label("", "secondary")
        self.setFixedHeight(_HEIGHT)
        layout = self._layout = row(self._title, self._remark, None, *actions, gap=_GAP)
        layout.setStretch(2, 1)
        for place, action in enumerate(actions):
            # A field gives way when there is little room; a button never grows.
            layout.setStretch(3 + place, 2 if isinstance(action, QLineEdit) else 0)
        layout.setContentsMargins(SIDE_MARGIN, 0, SIDE_MARGIN, 0)
        layout.setAlignment(self._remark, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(layout)
        self._remark.setContentsMargins(0, 4, 0, 0)

    def set_remark(self, text: str, tip: str = "") -> None:
        """A few quiet words behind the title, such as how many there are; ``tip`` says more."""
        self._remark.setText(text)
        self._remark.setToolTip(tip)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Leave the remark out rather than have an action cut off."""
        # What is hidden takes no room in the layout's own answer.
        needed = self._layout.minimumSize().width()
        if self._remark.isHidden():
            needed += self._remark.sizeHint().width() + _GAP
        self._remark.setVisible(needed <= self.width())
