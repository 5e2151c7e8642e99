"""The viewer: zoom, pan, choosing, the walk along edges, and what a screen reader hears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from koda_desktop.runtime.resources import resources_root
from koda_desktop.views.graph.camera import LARGEST, SMALLEST, Camera
from koda_desktop.views.graph.graph_view import GraphView
from koda_desktop.views.graph.navigation import Direction, Navigation
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.workflows.drawing.palette import palette
from koda_desktop.workflows.drawing.scene import build_scene
from koda_desktop.workflows.inspection import Edge, Graph
from tests.views.test_theme import contrast
from tests.workflows.drawing.graphs import node

GRAPH = Graph(
    (
        node("Start", 0, 0, label="Webhook", trigger=True),
        node("Upper", 220, -100),
        node("Lower", 220, 100, disabled=True),
        node("End", 440, -100),
        node("Alone", 2000, 900),
    ),
    (Edge("Start", "Upper", "main"), Edge("Start", "Lower", "main"), Edge("Upper", "End", "main")),
)
SCENE = build_scene(GRAPH, "Walk")


@pytest.fixture
def view(qapp: QApplication) -> Iterator[GraphView]:
    theme = Theme(qapp, resources_root(), Scheme.LIGHT)
    shown = GraphView(theme)
    shown.resize(800, 500)
    shown.show_scene(SCENE)
    shown.show()
    yield shown
    shown.close()
    shown.deleteLater()
    theme.deleteLater()


def spot_of(view: GraphView, number: int) -> QPoint:
    """The middle of a node, in view coordinates."""
    point = QPointF(*SCENE.boxes[number].rect.center)
    return view._camera.to_view(point).toPoint()


def turn_wheel(view: GraphView, spot: QPoint, notches: int) -> None:
    place = QPointF(spot)
    event = QWheelEvent(
        place, QPointF(view.mapToGlobal(spot)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_a_click_chooses_a_node_and_one_beside_it_none(view: GraphView) -> None:
    heard: list[int] = []
    view.chosen.connect(heard.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot_of(view, 1))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert heard == [1, -1]
    assert view.selected is None


def test_dragging_moves_the_picture_with_the_pointer_and_chooses_nothing(view: GraphView) -> None:
    start, end = spot_of(view, 0), spot_of(view, 0) + QPoint(60, 40)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    assert view.selected is None
    assert spot_of(view, 0) == end


def test_the_wheel_zooms_about_the_pointer(view: GraphView) -> None:
    spot, before = spot_of(view, 1), view.scale
    turn_wheel(view, spot, 2)
    assert view.scale == pytest.approx(before * 1.25**2)
    assert (spot_of(view, 1) - spot).manhattanLength() <= 2


def test_keys_zoom_and_fit(view: GraphView) -> None:
    fitted = view.scale
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.scale == pytest.approx(fitted * 1.25)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.scale == pytest.approx(fitted)
    QTest.keyClick(view, Qt.Key.Key_1)
    assert view.scale == pytest.approx(1.0)
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.scale == pytest.approx(fitted)


def test_a_fitted_view_stays_fitted_when_resized(view: GraphView) -> None:
    view.resize(400, 250)
    QApplication.processEvents()
    small = view.scale
    view.fit()
    assert view.scale == small


def test_arrow_keys_walk_along_edges(view: GraphView) -> None:
    walked = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(view, key)
        walked.append(view.selected)
    assert walked == [0, 1, 3, 1]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.selected is None


def test_page_keys_reach_every_node_even_one_without_edges(view: GraphView) -> None:
    seen = []
    for _ in range(len(SCENE.boxes)):
        QTest.keyClick(view, Qt.Key.Key_PageDown)
        seen.append(view.selected)
    assert sorted(n for n in seen if n is not None) == [0, 1, 2, 3, 4]
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.selected == seen[-1]


def test_a_node_chosen_by_key_comes_into_view(view: GraphView) -> None:
    view._camera.zoom_to(3.0)
    view.select(4)
    assert view.rect().contains(spot_of(view, 4))


def test_a_screen_reader_hears_the_graph_and_then_the_chosen_node(view: GraphView) -> None:
    assert view.accessibleName() == "Diagram of Walk"
    assert view.accessibleDescription().startswith("5 steps.")
    view.select(0)
    said = "Start, Webhook, trigger. Leads to Upper and Lower."
    assert view.accessibleDescription() == said
    view.select(2)
    assert view.accessibleDescription() == "Lower, Slack, disabled. Comes after Start."


def test_choosing_lights_up_the_edges_of_the_node_and_no_others(view: GraphView) -> None:
    focus = palette(dark=False).focus
    view._camera.zoom_to(1.0)
    view._camera.center_on(QPointF(*SCENE.boxes[1].rect.center))

    def lit() -> list[bool]:
        """For each edge, whether the place halfway along it has the colour of the chosen."""
        image = view.grab().toImage()
        found = []
        for wire in SCENE.wires:
            start, end = wire.path.start, wire.path.end
            middle = QPointF((start.x + end.x) / 2, (start.y + end.y) / 2)
            spot = view._camera.to_view(middle).toPoint()
            around = [(spot.x() + x, spot.y() + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
            found.append(any(image.pixelColor(*at).name().upper() == focus for at in around))
        return found

    assert lit() == [False, False, False]
    view.select(0)
    assert lit() == [True, True, False]


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_names_behind_the_chosen_node_can_be_read(view: GraphView, scheme: Scheme) -> None:
    view._theme.set_scheme(scheme)
    view.select(1)
    far = SCENE.boxes[4].label.area
    view._camera.zoom_to(LARGEST)
    view._camera.center_on(QPointF(*far.center))
    image = view.grab().toImage()
    corners = ((far.x, far.y), (far.x + far.width, far.y + far.height))
    first, last = (view._camera.to_view(QPointF(*corner)).toPoint() for corner in corners)
    names = {
        image.pixelColor(x, y).name()
        for x in range(max(0, first.x()), min(image.width(), last.x()))
        for y in range(max(0, first.y()), min(image.height(), last.y()))
    }
    canvas = palette(dark=scheme is Scheme.DARK).canvas
    assert max(contrast(name, canvas) for name in names) >= 4.5


def test_the_picture_follows_the_theme(view: GraphView) -> None:
    assert view.grab().toImage().pixelColor(0, 0).name().upper() == palette(dark=False).canvas
    view._theme.set_scheme(Scheme.DARK)
    assert view.grab().toImage().pixelColor(0, 0).name().upper() == palette(dark=True).canvas


def test_tiles_show_what_a_single_painting_shows(view: GraphView) -> None:
    view._camera.zoom_to(1.0)
    view._camera.pan(QPointF(-37, 21))
    whole = view.grab().toImage()
    view._camera.pan(QPointF(300, 0))
    view.grab()
    view._camera.pan(QPointF(-300, 0))
    assert view.grab().toImage() == whole


def test_an_empty_graph_is_shown_and_walked_without_a_fault(view: GraphView) -> None:
    view.show_scene(build_scene(Graph()))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_PageUp, Qt.Key.Key_Plus):
        QTest.keyClick(view, key)
    assert view.selected is None
    assert view.accessibleDescription() == "A workflow without steps."


def test_the_camera_never_loses_the_scene_and_zooms_within_bounds() -> None:
    camera = Camera(QRectF(0, 0, 1000, 600))
    camera.resize(QSizeF(800, 500))
    for by in (QPointF(1e6, 1e6), QPointF(-1e7, 0), QPointF(0, -1e7)):
        camera.pan(by)
        assert camera.visible.intersects(QRectF(0, 0, 1000, 600))
    camera.zoom(1e9, QPointF(0, 0))
    assert camera.scale == LARGEST
    camera.zoom(1e-9, QPointF(0, 0))
    assert camera.scale == SMALLEST


def test_without_an_edge_that_way_the_nearest_node_is_next() -> None:
    navigation = Navigation(SCENE)
    assert navigation.towards(1, Direction.DOWN) == 2
    assert navigation.towards(3, Direction.UP) is None
