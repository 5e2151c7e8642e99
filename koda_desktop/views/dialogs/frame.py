"""The frame of every dialog: a heading, a body, and buttons at the foot."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLayout, QWidget

from koda_desktop.views.widgets.button import side_before
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row

_SIDE = 24


class Dialog(QDialog):
    """A window-modal dialog; Escape rejects it."""

    def __init__(self, parent: QWidget | None, title: str, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._heading = title

    def sizeHint(self) -> QSize:
        """As tall as its texts are at the width it can have, not at the one they would like."""
        hint, layout = super().sizeHint(), self.layout()
        width = max(self.minimumWidth(), min(hint.width(), self.maximumWidth()))
        if layout is not None and layout.hasHeightForWidth():
            return QSize(width, layout.totalHeightForWidth(width))
        return QSize(width, hint.height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._hold_contents()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._hold_contents()
        return handled

    def _hold_contents(self) -> None:
        """Stay as tall as the contents need, and on the screen.

        On a small screen Qt would make it lower than its wrapped texts need.
        """
        if self.minimumWidth() != self.maximumWidth():
            return
        room = self.screen().availableGeometry()
        frame = self.frameGeometry().height() - self.height()
        self.setMinimumHeight(min(self.sizeHint().height(), room.height() - frame))
        beyond = self.frameGeometry().bottom() - room.bottom()
        if beyond > 0:
            self.move(self.x(), max(self.y() - beyond, room.top()))

    def lay_out(self, body: QLayout, *buttons: QWidget | None, text: str = "") -> None:
        """Heading and ``text``, ``body``, then ``buttons`` (None for a stretch) at the right."""
        heading = label(self._heading, "heading", wrap=True)
        head = column(heading, gap=6, margins=(_SIDE, 22, _SIDE, 0))
        if text:
            head.addWidget(label(text, "secondary", wrap=True))
        inner = column(body, margins=(_SIDE, 14, _SIDE, 18))
        left = side_before(buttons[0], _SIDE)
        foot = holder(row(*buttons, gap=8, margins=(left, 12, _SIDE, 12)), "footer")
        self.setLayout(column(head, inner, foot, gap=0))
