"""The head of the navigation: which marketplace this window works with."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 46
_MARK = 28


class WorkspaceButton(QAbstractButton):
    """The program's mark, the workspace's name and its kind; a click opens the main menu."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._kind = ""
        self._narrow = False
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_workspace("Koda", "")
        theme.changed.connect(self._repaint)

    def show_workspace(self, name: str, kind: str) -> None:
        self._kind = kind
        self.setText(name)
        self.setAccessibleName(f"Menu. Workspace {name}, {kind}")
        self.setToolTip("Menu and workspaces (F10)")
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(38 if self._narrow else 196, _HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        mark = self._theme.pixmap("koda", "text", _MARK, self.devicePixelRatioF())
        painter.drawPixmap(5, (self.height() - _MARK) // 2, mark)
        if not self._narrow:
            self._paint_words(painter)

    def _paint_ground(self, painter: QPainter) -> None:
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse() or self.isDown():
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(area, 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("focus"), 2))
            painter.drawRoundedRect(area, 8, 8)

    def _paint_words(self, painter: QPainter) -> None:
        left, width = 42, self.width() - 42 - 26
        self._line(
            painter,
            self.text(),
            sans(13, QFont.Weight.DemiBold),
            "text",
            QRectF(left, 5, width, 20),
        )
        self._line(painter, self._kind, sans(12), "text-tertiary", QRectF(left, 23, width, 18))
        arrow = self._theme.pixmap("selector", "text-tertiary", 16, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 24, (self.height() - 16) // 2, arrow)

    def _line(self, painter: QPainter, text: str, font: QFont, token: str, area: QRectF) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, cut)

    @Slot()
    def _repaint(self) -> None:
        self.update()
