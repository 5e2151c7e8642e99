"""The preview picture of a listing, small, with the buttons that change it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.preview import ShownPreview
from koda_desktop.sync.pictures import PreviewChoice
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.flow import FlowLayout
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row

_SIZE = QSize(144, 90)
_RADIUS = 6
_WORDS = {
    "workflow": ("Picture of the workflow", "Made of the file’s steps."),
    "seller": ("Your own picture", "Buyers see it instead of the workflow’s."),
    "": ("No picture", "Buyers see the listing without one."),
}
_FIXED = "It is part of the publication and cannot be changed now."


class PreviewPart(QWidget):
    """``taken`` carries a PreviewChoice; ``picture_asked`` means a file is to be chosen."""

    picture_asked = Signal()
    taken = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._thumb = _Thumb(theme, f"{name}-picture")
        self._heading = label("", "strong", wrap=True, name=f"{name}-words")
        self._hint = label("", "hint", wrap=True)
        self._problem = label("", "error", wrap=True, name=f"{name}-problem")
        self._choose = Button(theme, "Choose picture…", f"{name}-choose", small=True)
        self._workflow = Button(
            theme, "Use the workflow’s picture", f"{name}-workflow", small=True, kind=Kind.QUIET
        )
        self._none = Button(theme, "No picture", f"{name}-none", small=True, kind=Kind.QUIET)
        self._choose.setToolTip("PNG, JPEG or WebP, at most 5 MB")
        self._choose.clicked.connect(self.picture_asked)
        self._workflow.clicked.connect(self._take_workflow)
        self._none.clicked.connect(self._take_none)
        flow = FlowLayout(gap=6)
        for button in (self._choose, self._workflow, self._none):
            flow.addWidget(button)
        self._buttons = holder(flow)
        words = column(self._heading, self._hint, None, gap=2)
        top = row(self._thumb, words, gap=14)
        top.setStretch(1, 1)
        self.setLayout(column(top, self._problem, self._buttons, gap=8))
        self._show_nothing()

    def _show_nothing(self) -> None:
        """Nothing is known of the picture yet, so nothing is said of it."""
        self._thumb.show_image(None, "not read yet")
        self._problem.hide()
        self._buttons.hide()

    def show_preview(self, shown: ShownPreview) -> None:
        heading, hint = _WORDS[shown.whose]
        self._heading.setText(heading)
        self._hint.setText(hint if shown.can_change else _FIXED)
        self._thumb.show_image(shown.image if isinstance(shown.image, QImage) else None, heading)
        self._problem.setText(shown.problem)
        self._problem.setVisible(bool(shown.problem))
        self._buttons.setVisible(shown.can_change)
        self._workflow.setVisible(shown.has_drawing and shown.whose != "workflow")
        self._none.setVisible(bool(shown.whose))

    @Slot()
    def _take_workflow(self) -> None:
        self.taken.emit(PreviewChoice.WORKFLOW)

    @Slot()
    def _take_none(self) -> None:
        self.taken.emit(PreviewChoice.NONE)


class _Thumb(QWidget):
    """A picture in a frame of one size, whole, on the quiet fill."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._image: QImage | None = None
        self.setObjectName(name)
        self.setFixedSize(_SIZE)
        theme.changed.connect(self.update)

    def show_image(self, image: QImage | None, spoken: str) -> None:
        self._image = None if image is None or image.isNull() else image
        self.setAccessibleName(f"Preview: {spoken}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        tokens = self._theme.tokens
        frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(frame, _RADIUS, _RADIUS)
        painter.fillPath(path, tokens.color("subtle"))
        if self._image is not None:
            painter.setClipPath(path)
            painter.drawImage(self._place(self._image), self._image)
            painter.setClipping(False)
        else:
            icon = self._theme.icon("workflow", "text-tertiary", 24)
            icon.paint(painter, QRect(self.rect().center() - QPoint(12, 12), QSize(24, 24)))
        painter.setPen(QPen(tokens.color("outline"), 1))
        painter.drawPath(path)

    def _place(self, image: QImage) -> QRect:
        size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(QPoint(0, 0), size)
        place.moveCenter(self.rect().center())
        return place
