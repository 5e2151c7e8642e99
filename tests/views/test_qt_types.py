"""No pool thread is the first to use one of Qt's enumerations: two at once would end the program.

Each test is a program of its own, because what was used once stays made.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

NOTED = """
import asyncio, enum, sys, threading
from concurrent.futures import ThreadPoolExecutor
made = []
make = enum.EnumType.__new__
def note(kind, name, *rest, **options):
    found = make(kind, name, *rest, **options)
    if threading.current_thread() is not threading.main_thread():
        made.append(found)
    return found
enum.EnumType.__new__ = note
def tell():
    print(sorted(one.__qualname__ for one in made if one.__module__.startswith("PySide6")))
from PySide6.QtWidgets import QApplication
application = QApplication([])
pool = ThreadPoolExecutor(1)
"""

PAINTED = """
from koda_desktop.runtime.resources import resource
from koda_desktop.views.theme.fonts import load_fonts
load_fonts(resource("fonts"))
if "ready" in sys.argv:
    from koda_desktop.views.pool_painting import make_ready
    make_ready()
def paint():
    from koda_desktop.views.graph.images import PictureSize, png
    from koda_desktop.views.preview_pictures import paint_preview, shrink
    from koda_desktop.workflows.drawing.compared import compared_scene
    from tests.workflows.drawing.graphs import SAMPLES
    from koda_desktop.workflows.inspect import inspect_path
    old, new = map(inspect_path, sorted(SAMPLES.glob("*.n8n.json"))[:2])
    shrink(paint_preview(new) or b"")
    for size in PictureSize:
        png(compared_scene(old, new), size)
pool.submit(paint).result()
tell()
"""

LOADED = """
from koda_desktop.views.qt_types import make_all
from koda_desktop.views.pages.sales_course import load_chart
if "ready" in sys.argv:
    asyncio.run(make_all())
pool.submit(load_chart).result()
tell()
"""


def _made(program: str, *words: str) -> str:
    command = [sys.executable, "-c", NOTED + program, *words]
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("program", [PAINTED, LOADED], ids=["pictures", "chart"])
def test_what_a_pool_uses_of_qt_was_made_before(program: str) -> None:
    assert _made(program, "ready") == "[]"
    assert _made(program) != "[]"
