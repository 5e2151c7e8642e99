"""Pictures of workflows for the command line: a child process that takes scenes and gives PNG."""

from __future__ import annotations

import sys

from PySide6.QtGui import QGuiApplication

from koda_desktop.runtime.child import answer_questions
from koda_desktop.runtime.resources import resource
from koda_desktop.views.graph.images import PictureSize, png
from koda_desktop.views.theme.fonts import load_fonts
from koda_desktop.workflows.drawing.scene import Scene

Question = tuple[Scene, str, bool]
"""What to draw, the size by name (thumb, card or full), and whether dark."""


def serve() -> int:
    """Be a child that paints. Needs no screen where QT_QPA_PLATFORM is offscreen."""
    application = QGuiApplication(sys.argv[:1])
    load_fonts(resource("fonts"))
    code = answer_questions(_painted)
    application.shutdown()
    return code


def _painted(question: Question) -> bytes:
    scene, size, dark = question
    return png(scene, PictureSize[size.upper()], dark=dark)
