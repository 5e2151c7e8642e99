"""Menus as they are painted: which entry is meant, and what becomes of those the screen cuts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.views.window_menu import rounded_menu
from tests.views.test_theme import contrast

# Without a screen nothing can be raised, nor the keyboard taken.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def menu(theme: Theme) -> Iterator[QMenu]:
    window = QWidget()
    made = rounded_menu(window)
    yield made
    made.close()
    window.deleteLater()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_the_entry_under_the_pointer_stands_out(theme: Theme, menu: QMenu, scheme: Scheme) -> None:
    theme.set_scheme(scheme)
    entries = [menu.addAction(text) for text in ("Copy", "Paste")]
    menu.popup(QPoint(0, 0))
    menu.setActiveAction(entries[0])
    picture = menu.grab().toImage()
    corners = [menu.actionGeometry(one).topLeft() + QPoint(6, 6) for one in entries]
    meant, other = (picture.pixelColor(corner).name() for corner in corners)
    assert contrast(meant, other) > 1.2


def test_a_menu_taller_than_the_screen_is_scrolled(menu: QMenu) -> None:
    entries = [menu.addAction(f"Entry {number}") for number in range(100)]
    menu.popup(QPoint(0, 0))
    QApplication.processEvents()
    assert menu.height() <= menu.screen().availableGeometry().height()
    assert len({menu.actionGeometry(one).x() for one in entries}) == 1
    assert not menu.rect().contains(menu.actionGeometry(entries[-1]))
    menu.setActiveAction(entries[-1])
    assert menu.rect().contains(menu.actionGeometry(entries[-1]))
