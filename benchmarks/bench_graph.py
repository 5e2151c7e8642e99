"""Panning and zooming a graph of 250 nodes, beside painting the same scene anew for every frame.

Both sides move by the same steps in one run, in turn, off screen. Also: how long layout, SVG and
PNG of the graph take. A frame at 60 Hz has 16.7 ms.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from koda_desktop.runtime.resources import resources_root
from koda_desktop.views.graph.art import Art
from koda_desktop.views.graph.camera import Camera
from koda_desktop.views.graph.graph_view import GraphView
from koda_desktop.views.graph.images import PictureSize, png
from koda_desktop.views.graph.painter import ScenePainter
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.workflows.drawing.palette import LIGHT
from koda_desktop.workflows.drawing.scene import Scene, build_scene
from koda_desktop.workflows.drawing.svg import to_svg
from koda_desktop.workflows.inspection import Edge, Graph, Node

NODES, COLUMNS = 250, 25
FRAMES = 120
SIZE = (1240, 800)
APPS = ("Slack", "Google Sheets", "HTTP Request", "OpenAI", "Notion", "Gmail", "If", "Code")


def graph() -> Graph:
    """Ten rows of 25 steps, each row a chain with a loop back, every third joined to the next."""
    nodes = tuple(
        Node(
            f"Step {n} of the workflow", "type", APPS[n % len(APPS)],
            (n % COLUMNS * 220.0, n // COLUMNS * 200.0), n % 17 == 0, n % COLUMNS == 0, "action",
        )
        for n in range(NODES)
    )  # fmt: skip
    ends = [(n, n + 1) for n in range(NODES - 1) if (n + 1) % COLUMNS]
    ends += [(n + 20, n) for n in range(3, NODES, COLUMNS)]
    ends += [(n, n + COLUMNS + 1) for n in range(0, NODES - COLUMNS - 1, 3)]
    return Graph(nodes, tuple(Edge(nodes[a].name, nodes[b].name, "main") for a, b in ends))


class Plain(QWidget):
    """The same scene, painted anew each time."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        art = Art(scene)
        self._painter = ScenePainter(art, LIGHT)
        self.camera = Camera(art.frame)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.scale(self.camera.scale, self.camera.scale)
        painter.translate(-self.camera.origin)
        self._painter.paint(painter, self.camera.scale, self.camera.visible)
        painter.end()


def frames(widget: QWidget, camera: Camera, move: Callable[[Camera, int], None]) -> list[float]:
    """Milliseconds of each frame."""
    taken = []
    for index in range(FRAMES):
        start = time.perf_counter()
        move(camera, index)
        widget.repaint()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def pan(camera: Camera, index: int) -> None:
    camera.pan(QPointF(-12 if index < FRAMES // 2 else 12, -3 if index % 2 else 3))


def zoom(camera: Camera, index: int) -> None:
    camera.zoom(1.04 if index < FRAMES // 2 else 1 / 1.04, QPointF(600, 400))


def told(name: str, ours: list[float], plain: list[float]) -> None:
    middle, base = statistics.median(ours), statistics.median(plain)
    worst = sorted(ours)[int(len(ours) * 0.99)]
    print(
        f"{name:28} ours {middle:6.2f} ms (p99 {worst:6.2f})   plain {base:6.2f} ms"
        f"   ratio {middle / base:.2f}   {1000 / middle:5.0f} frames/s"
    )


def compare(scene: Scene, theme: Theme) -> None:
    view, plain = GraphView(theme), Plain(scene)
    for widget in (view, plain):
        widget.resize(*SIZE)
        widget.show()
    QApplication.processEvents()
    view.show_scene(scene)
    plain.camera.resize(QSizeF(*SIZE))
    for name, scale in (("all in view", 0.0), ("half size", 0.5), ("actual size", 1.0)):
        for camera in (view._camera, plain.camera):
            camera.fit()
            if scale:
                camera.zoom_to(scale)
        for doing, move in (("pan", pan), ("zoom", zoom)):
            told(
                f"{doing}, {name}",
                frames(view, view._camera, move),
                frames(plain, plain.camera, move),
            )


def timed(name: str, work: Callable[[], object]) -> None:
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    print(f"{name:28} {statistics.median(taken):6.1f} ms")


def main() -> None:
    app = QApplication(sys.argv[:1])
    theme = Theme(app, resources_root(), Scheme.LIGHT)
    drawn = graph()
    scene = build_scene(drawn, "Benchmark")
    print(f"{NODES} nodes, {len(scene.wires)} edges, {SIZE[0]}x{SIZE[1]}, {FRAMES} frames each")
    compare(scene, theme)
    timed("layout and routing", lambda: build_scene(drawn, "Benchmark"))
    bare = Graph(
        tuple(Node(n.name, n.type, n.label, None, False, False, n.kind) for n in drawn.nodes),
        drawn.edges,
    )
    timed("the same without places", lambda: build_scene(bare, "Benchmark"))
    timed("SVG", lambda: to_svg(scene))
    for size in PictureSize:
        timed(f"PNG {size.name.lower()}", partial(png, scene, size))


if __name__ == "__main__":
    main()
