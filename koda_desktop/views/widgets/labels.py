"""Text with a role: the style sheet knows what a title, a hint or an error looks like."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget


def label(text: str = "", role: str = "", *, wrap: bool = False, name: str = "") -> QLabel:
    """A label in ``role``; plain text always, for a listing's words are not markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    if wrap:
        made.setWordWrap(True)
    return made


def line() -> QFrame:
    """A hairline between two parts of a page."""
    made = QFrame()
    made.setProperty("line", True)
    made.setFixedHeight(1)
    return made


def restyle(widget: QWidget) -> None:
    """Have the style sheet look at ``widget`` again, after a property it selects by changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def set_style_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property the style sheet selects by; nothing happens when it is set already."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        restyle(widget)


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis where it does not fit; the whole is in the tool tip."""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)
        self.set_full_text(text)

    def set_full_text(self, text: str) -> None:
        """Show ``text``, a newline counting as a space."""
        self._full = " ".join(text.split())
        self.setText(self._full)
        self._update_tip()

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        area = self.contentsRect()
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setFont(self.font())
        painter.drawText(area, self.alignment(), self._elided(area.width()))

    def _elided(self, width: int) -> str:
        return QFontMetrics(self.font()).elidedText(self._full, self._mode, width)

    def _update_tip(self) -> None:
        cut = self._elided(self.contentsRect().width()) != self._full
        self.setToolTip(self._full if cut else "")
