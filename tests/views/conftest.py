"""One theme for all tests of views, as the program has one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from koda_desktop.views.theme.theme import Scheme, Theme

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme; what it set on the application is taken away again."""
    made = Theme(qapp, RESOURCES, Scheme.LIGHT)
    yield made
    qapp.setStyleSheet("")
    made.setParent(None)
    made.deleteLater()
