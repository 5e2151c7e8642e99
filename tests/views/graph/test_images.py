"""PNG pictures: sizes, both schemes, the same bytes again, and off the GUI thread too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from koda_desktop.runtime.resources import resource
from koda_desktop.views.graph.images import PictureSize, paint_image, png
from koda_desktop.views.theme.fonts import load_fonts
from koda_desktop.workflows.drawing.palette import palette
from koda_desktop.workflows.drawing.scene import Scene, build_scene
from koda_desktop.workflows.inspection import Graph
from tests.workflows.drawing.graphs import chain, node, sample


@pytest.fixture
def scene(qapp: QApplication) -> Scene:
    load_fonts(resource("fonts"))
    return build_scene(*sample("support-drafts.n8n.json"))


def share_of(image: QImage, colour: str) -> float:
    """How much of the image, 0 to 1, has exactly that colour."""
    wanted = QColor(colour).rgb()
    spots = [(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)]
    return sum(image.pixel(x, y) == wanted for x, y in spots) / len(spots)


@pytest.mark.parametrize("dark", [False, True])
def test_thumb_and_card_have_their_size_and_the_canvas_of_the_scheme(
    scene: Scene, dark: bool
) -> None:
    for size in (PictureSize.THUMB, PictureSize.CARD):
        image = paint_image(scene, size, dark=dark)
        assert (image.width(), image.height()) == size.value
        assert 0.3 < share_of(image, palette(dark=dark).canvas) < 0.99
        assert image.pixelColor(0, 0).name().upper() == palette(dark=dark).canvas
        last = image.pixelColor(image.width() - 1, image.height() - 1)
        assert last.name().upper() == palette(dark=dark).canvas


def test_full_is_2400_pixels_and_keeps_the_shape(qapp: QApplication) -> None:
    wide = build_scene(chain(12, step=220.0))
    image = paint_image(wide, PictureSize.FULL)
    assert image.width() == 2400
    assert image.height() == pytest.approx(2400 * wide.frame.height / wide.frame.width, abs=1)
    tall = build_scene(Graph(tuple(node(f"s{i}", 0.0, i * 200.0) for i in range(12))))
    assert paint_image(tall, PictureSize.FULL).height() == 2400


def test_full_grows_to_4096_pixels_where_names_could_not_be_read(qapp: QApplication) -> None:
    steps = (node(f"s{i}", i % 20 * 220.0, i // 20 * 200.0) for i in range(100))
    large = build_scene(Graph(tuple(steps)))
    assert 2400 < paint_image(large, PictureSize.FULL).width() < 4096
    steps = (node(f"s{i}", i % 40 * 220.0, i // 40 * 200.0) for i in range(400))
    largest = build_scene(Graph(tuple(steps)))
    assert paint_image(largest, PictureSize.FULL).width() == 4096


def test_every_integration_is_seen_in_its_colour(scene: Scene) -> None:
    image = paint_image(scene, PictureSize.FULL)
    for box in scene.boxes:
        assert share_of(image, box.badge.colour) > 0, box.name


@pytest.mark.parametrize("size", list(PictureSize))
def test_the_same_scene_gives_the_same_bytes(scene: Scene, size: PictureSize) -> None:
    first = png(scene, size)
    assert first.startswith(b"\x89PNG")
    assert first == png(replace(scene), size)
    assert first != png(scene, size, dark=True)


def test_other_threads_paint_what_the_gui_thread_paints(scene: Scene) -> None:
    sizes = list(PictureSize) * 2
    with ThreadPoolExecutor(2) as pool:
        elsewhere = list(pool.map(lambda size: png(scene, size), sizes))
    assert elsewhere == [png(scene, size) for size in sizes]


def test_the_alternative_text_is_in_the_file(scene: Scene) -> None:
    image = QImage.fromData(png(scene, PictureSize.THUMB))
    assert image.text("Description") == f"{scene.title}. {scene.description}"


def test_only_the_full_picture_has_notes_without_nodes(scene: Scene) -> None:
    bare = replace(scene, sheets=(), frame=scene.focus)
    beside = [sheet for sheet in scene.sheets if not scene.focus.holds(sheet.rect)]
    kept = tuple(sheet for sheet in scene.sheets if sheet not in beside)
    assert png(scene, PictureSize.CARD) == png(replace(bare, sheets=kept), PictureSize.CARD)


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize("size", list(PictureSize))
def test_no_nodes_and_one_node(qapp: QApplication, count: int, size: PictureSize) -> None:
    image = paint_image(build_scene(Graph((node("Only"),) * count)), size)
    assert image.width() >= 200
    assert (share_of(image, "#6A2C70") > 0.005) == bool(count)
