"""Shows a workflow's graph: zoomed, panned and walked through by pointer, touch or keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QToolTip, QWidget

from koda_desktop.views.graph.art import Art
from koda_desktop.views.graph.camera import Camera
from koda_desktop.views.graph.navigation import Direction, Navigation
from koda_desktop.views.graph.painter import ScenePainter
from koda_desktop.views.graph.tiles import Tiles
from koda_desktop.views.graph.words import box_words, scene_words
from koda_desktop.views.tables.lines import fill
from koda_desktop.views.theme.theme import Theme
from koda_desktop.workflows.drawing.palette import palette
from koda_desktop.workflows.drawing.scene import Scene, build_scene
from koda_desktop.workflows.inspection import Graph

_STEP, _WHEEL_NOTCH = 1.25, 120.0
_KEY_PAN, _DRAG_FROM = 60.0, 4.0
_VEIL_ALPHA = 165
_ARROWS = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}


class GraphView(QWidget):
    """One scene. The wheel and pinching zoom, dragging pans, a click chooses a node; the arrow
    keys go along its edges, Page Up and Page Down through all nodes, + - 0 zoom and fit."""

    chosen = Signal(int)
    """The number of the node that was chosen in Scene.boxes, -1 for none."""

    def __init__(self, theme: Theme, name: str = "graph") -> None:
        super().__init__()
        self._theme = theme
        self._pressed_at: QPointF | None = None
        self._dragging = self._fitted = False
        self._hovered: int | None = None
        self._selected: int | None = None
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.show_scene(build_scene(Graph()))
        theme.changed.connect(self._recolour)

    @property
    def scene(self) -> Scene:
        return self._scene

    @property
    def selected(self) -> int | None:
        return self._selected

    @property
    def scale(self) -> float:
        """Device-independent pixels per scene unit."""
        return self._camera.scale

    def show_scene(self, scene: Scene) -> None:
        """Show ``scene`` from now on, fitted into the view."""
        self._scene = scene
        self._art = Art(scene)
        self._navigation = Navigation(scene)
        self._camera = Camera(self._art.frame)
        self._camera.resize(QSizeF(self.size()))
        self._hovered = self._selected = None
        self.setAccessibleName(scene.title)
        self._recolour()
        self.fit()
        self._describe()

    def fit(self) -> None:
        """Show the whole scene; it stays fitted while the view is resized."""
        self._camera.fit()
        self._fitted = True
        self.update()

    def zoom_in(self) -> None:
        self._zoom_to(self._camera.scale * _STEP)

    def zoom_out(self) -> None:
        self._zoom_to(self._camera.scale / _STEP)

    def actual_size(self) -> None:
        """One pixel per scene unit."""
        self._zoom_to(1.0)

    def select(self, number: int | None) -> None:
        """Choose a node by its number in Scene.boxes, bring it into view and say what it is."""
        if number == self._selected:
            return
        self._selected = number
        if number is not None:
            self._camera.reveal(self._art.boxes[number].area)
        self._describe()
        self.chosen.emit(-1 if number is None else number)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 100)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scale, ratio = self._camera.scale, self.devicePixelRatioF()
        visible = self._camera.visible
        self._tiles.draw(painter, visible, scale, ratio)
        device = scale * ratio
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(
            -round(visible.left() * device) / ratio, -round(visible.top() * device) / ratio
        )
        painter.scale(scale, scale)
        self._paint_marks(painter, scale)
        painter.end()

    def _paint_marks(self, painter: QPainter, scale: float) -> None:
        if self._selected is not None:
            veil = QColor(self._palette.canvas)
            veil.setAlpha(_VEIL_ALPHA)
            visible = self._camera.visible
            fill(painter, visible, veil)
            self._painter.paint_words(painter, scale * self.devicePixelRatioF(), visible)
            self._paint_around(painter, scale, self._selected, strong=True)
        if self._hovered is not None and self._hovered != self._selected:
            self._paint_around(painter, scale, self._hovered, strong=False)

    def _paint_around(self, painter: QPainter, scale: float, number: int, *, strong: bool) -> None:
        """A node with its edges and the nodes at their other ends."""
        wires = (w for w in self._art.wires if number in (w.wire.source, w.wire.target))
        self._painter.paint_wires(painter, scale, wires, self._palette.focus)
        shown = sorted({number, *self._navigation.neighbours(number)})
        self._painter.paint_boxes(painter, scale, (self._art.boxes[n] for n in shown))
        self._painter.paint_ring(painter, scale, self._art.boxes[number], strong=strong)

    @Slot()
    def _recolour(self) -> None:
        self._palette = palette(dark=self._theme.is_dark)
        self._painter = ScenePainter(self._art, self._palette)
        self._tiles = Tiles(self._painter.paint)
        self.update()

    # Pointer and touch

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed_at = event.position()
            self._dragging = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            self._hover(event.position())
            return
        moved = event.position() - self._pressed_at
        if self._dragging or moved.manhattanLength() >= _DRAG_FROM:
            self._dragging = True
            self._pressed_at = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._pan(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None and not self._dragging:
            self.select(self._at(event.position()))
        self._pressed_at = None
        self._dragging = False
        self._hover(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hovered(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        held = event.modifiers()
        on_touchpad = event.phase() != Qt.ScrollPhase.NoScrollPhase
        turned = event.angleDelta()
        if held & Qt.KeyboardModifier.ShiftModifier:
            self._pan(QPointF(turned.y() or turned.x(), 0) / 2)
        elif on_touchpad and not held & Qt.KeyboardModifier.ControlModifier:
            self._pan(QPointF(event.pixelDelta() if event.hasPixelDelta() else turned / 2))
        else:
            self._zoom(_STEP ** (turned.y() / _WHEEL_NOTCH), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            return self._pinched(event)
        if isinstance(event, QGestureEvent):
            return self._pinched_by_touch(event)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            return self._tool_tip(event)
        return super().event(event)

    def _pinched(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom(max(0.2, 1.0 + event.value()), event.position())
        elif event.gestureType() == Qt.NativeGestureType.SmartZoomNativeGesture:
            self.fit()
        else:
            return super().event(event)
        return True

    def _pinched_by_touch(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return super().event(event)
        middle = QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint()))
        self._pan(pinch.centerPoint() - pinch.lastCenterPoint())
        self._zoom(pinch.scaleFactor(), middle)
        event.accept(pinch)
        return True

    def _tool_tip(self, event: QHelpEvent) -> bool:
        number = self._at(QPointF(event.pos()))
        words = "" if number is None else box_words(self._scene.boxes[number])
        QToolTip.showText(event.globalPos(), words, self)
        return True

    def _at(self, spot: QPointF) -> int | None:
        """The node under a place of the view."""
        point = self._camera.to_scene(spot)
        for number, art in enumerate(self._art.boxes):
            if art.area.contains(point) and art.border.contains(point):
                return number
        return None

    def _hover(self, spot: QPointF) -> None:
        number = self._at(spot)
        over = Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(over)
        self._set_hovered(number)

    def _set_hovered(self, number: int | None) -> None:
        if number != self._hovered:
            self._hovered = number
            self.update()

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._arrow(_ARROWS[key], event.modifiers())
        elif not self._zoom_key(key) and not self._walk_key(key):
            super().keyPressEvent(event)

    def _arrow(self, direction: Direction, held: Qt.KeyboardModifier) -> None:
        if held & Qt.KeyboardModifier.ShiftModifier:
            dx, dy = direction.value
            self._pan(QPointF(-dx, -dy) * _KEY_PAN)
            return
        target = self._navigation.towards(self._selected, direction)
        if target is not None:
            self.select(target)

    def _zoom_key(self, key: Qt.Key) -> bool:
        match key:
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_in()
            case Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.actual_size()
            case _:
                return False
        return True

    def _walk_key(self, key: Qt.Key) -> bool:
        """Through all nodes, whether joined or not. Escape goes on to the window if none is
        chosen."""
        order = self._navigation.reading_order
        match key:
            case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                step = 1 if key == Qt.Key.Key_PageDown else -1
                target = self._navigation.following(self._selected, step)
            case Qt.Key.Key_Home | Qt.Key.Key_End if order:
                target = order[0 if key == Qt.Key.Key_Home else -1]
            case Qt.Key.Key_Escape if self._selected is not None:
                self.select(None)
                return True
            case _:
                return False
        if target is not None:
            self.select(target)
        return True

    # The camera

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._camera.resize(QSizeF(self.size()))
        if self._fitted:
            self.fit()

    def _zoom(self, factor: float, spot: QPointF) -> None:
        self._camera.zoom(factor, spot)
        self._fitted = False
        self.update()

    def _zoom_to(self, scale: float) -> None:
        self._camera.zoom_to(scale)
        self._fitted = False
        self.update()

    def _pan(self, by: QPointF) -> None:
        self._camera.pan(by)
        self._fitted = False
        self.update()

    def _describe(self) -> None:
        """What a screen reader says of the view."""
        self.setAccessibleDescription(scene_words(self._scene, self._selected))
