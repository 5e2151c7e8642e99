"""What tables and lists of the window share: the keyboard's row, widths, switches."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from koda_desktop.controllers.intake_state import RemovalLine
from koda_desktop.views.tables.lines import SWITCH
from koda_desktop.views.tables.removals import RemovalList
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.switch import Switch


def _middle_of(picture: QImage, left: int, top: int) -> list[str]:
    """The colours in the middle of a switch that begins there, but for its blended ends."""
    middle = top + SWITCH.height() // 2
    return [picture.pixelColor(left + x, middle).name() for x in range(1, SWITCH.width() - 1)]


@pytest.mark.parametrize("is_on", [False, True])
def test_a_switch_in_a_list_looks_like_one_in_a_form(theme: Theme, is_on: bool) -> None:
    switch = Switch(theme, "switch", "A switch")
    switch.setChecked(is_on)
    listed = RemovalList(theme)
    line = RemovalLine("a.b", "names", "one", None, is_optional=True, is_kept=is_on)
    listed.show_lines([line])
    listed.resize(500, 80)
    listed.show()
    QApplication.processEvents()
    alone, painted = switch.grab().toImage(), listed.viewport().grab().toImage()
    ring = (switch.width() - SWITCH.width()) // 2
    middle = listed.visualRect(listed.lines.index(0)).center().y()
    ground = painted.pixelColor(250, middle)
    left = next(x for x in range(250, 500) if painted.pixelColor(x, middle) != ground)
    listed_one = _middle_of(painted, left, middle - SWITCH.height() // 2)
    assert listed_one == _middle_of(alone, ring, ring)
    listed.close()
