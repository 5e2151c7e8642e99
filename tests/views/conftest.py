"""One theme for all tests of views, as the program has one, and a window to play scenes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from koda_desktop.views.theme.theme import Scheme, Theme
from tests.views.stage import Play, Scene, staged

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme; what it set on the application is taken away again."""
    made = Theme(qapp, RESOURCES, Scheme.LIGHT)
    yield made
    qapp.setStyleSheet("")
    made.setParent(None)
    made.deleteLater()


@pytest.fixture
def play(run_async: Any, theme: Theme, tmp_path: Path) -> Play:
    """Run a scene on a shown window; ``first_run`` leaves it without a workspace."""

    def run(scene: Scene, *, first_run: bool = False) -> None:
        run_async(staged(scene, theme, tmp_path, first_run))

    return run
