"""``koda draw``: pictures written, named and refused; PNG through a real child with Qt."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from koda_desktop.workflows.drawing.palette import palette
from tests.cli.conftest import SECRET_LIKE, Koda, write_broken, write_workflow


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_workflow(tmp_path / "in" / "export.json")


def png_size(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_an_svg_names_the_steps_and_no_parameter(koda: Koda, export: Path, tmp_path: Path) -> None:
    said = koda("--json", "draw", export, "--out", tmp_path / "graph.svg")
    assert said.code == 0
    assert said.record["nodes"] == 2
    text = (tmp_path / "graph.svg").read_text("utf-8")
    words = "".join(ElementTree.fromstring(text).itertext())
    assert "Start" in words
    assert "Ask" in words
    assert SECRET_LIKE not in text
    assert palette(dark=False).canvas in text


def test_the_dark_picture_is_dark(koda: Koda, export: Path, tmp_path: Path) -> None:
    koda("draw", export, "--out", tmp_path / "graph.svg", "--dark")
    assert palette(dark=True).canvas in (tmp_path / "graph.svg").read_text("utf-8")


def test_pngs_are_painted_in_their_sizes(koda: Koda, export: Path, tmp_path: Path) -> None:
    sizes = {}
    for size in ("thumb", "card"):
        target = tmp_path / f"{size}.PNG"
        assert koda("draw", export, "--out", target, "--size", size).code == 0
        sizes[size] = png_size(target)
    assert sizes == {"thumb": (320, 200), "card": (800, 500)}


def test_the_same_workflow_gives_the_same_png(koda: Koda, export: Path, tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "dark.png"):
        dark = ["--dark"] if name == "dark.png" else []
        assert koda("draw", export, "--out", tmp_path / name, *dark).code == 0
    first, second, dark_one = ((tmp_path / f"{n}.png").read_bytes() for n in ("a", "b", "dark"))
    assert first == second
    assert first != dark_one


def test_several_go_into_a_folder(koda: Koda, export: Path, tmp_path: Path) -> None:
    twin = write_workflow(tmp_path / "other" / "export.json")
    out = tmp_path / "pictures"
    assert koda("draw", export, twin, "--out", out, "--format", "png").code == 0
    assert sorted(path.name for path in out.iterdir()) == ["export-2.png", "export.png"]
    assert koda("draw", export, "--out", out).code == 0
    assert (out / "export.svg").is_file()


@pytest.mark.parametrize(
    "words",
    [
        ["--out", "graph.pdf"],
        ["--out", "graph"],
        ["--out", "graph.svg", "--size", "card"],
        ["--out", "graph.svg", "--format", "png"],
        ["--out", "graph.png", "--size", "huge"],
    ],
)
def test_wrong_use_is_told(
    koda: Koda, export: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(export.parent)
    assert koda("draw", export, *words).code == 2
    assert list(export.parent.iterdir()) == [export]


def test_a_file_without_a_graph_is_told_and_the_rest_goes_on(
    koda: Koda, export: Path, tmp_path: Path
) -> None:
    broken = write_broken(tmp_path / "broken.json")
    said = koda("--json", "draw", broken, export, "--out", tmp_path / "out")
    assert said.code == 1
    assert "no graph to draw in broken.json" in said.records[0]["error"]["what"]
    assert (tmp_path / "out" / "export.svg").is_file()


def test_an_input_is_never_painted_over(koda: Koda, tmp_path: Path) -> None:
    path = write_workflow(tmp_path / "flow.svg")
    before = path.read_bytes()
    assert koda("draw", path, "--out", path).code == 1
    assert path.read_bytes() == before


def test_where_qt_does_not_work_it_is_told(
    koda: Koda, export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [sys.executable, "-c", "raise SystemExit('libEGL.so.1 is missing')"]
    monkeypatch.setattr("koda_desktop.runtime.child._program", lambda: failing)
    said = koda("draw", export, "--out", tmp_path / "graph.png")
    assert said.code == 1
    assert "libEGL.so.1 is missing" in said.err
    assert "Draw an SVG instead" in said.err
    assert not (tmp_path / "graph.png").exists()
