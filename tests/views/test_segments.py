"""Segments are painted when something about them is other than before."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.segments import Segments


class Counting(Segments):
    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted += 1


def test_what_is_told_again_is_not_painted_again(theme: Theme) -> None:
    segments = Counting(theme, ("One", "Two"), "segments", "Show")
    segments.show()
    QApplication.processEvents()
    before = segments.painted
    assert before
    segments.set_texts(["One", "Two"])
    segments.set_current(0)
    segments.set_counts(["", ""])
    QApplication.processEvents()
    assert segments.painted == before
    segments.set_counts(["3", ""])
    QApplication.processEvents()
    assert segments.painted > before


def test_other_choices_have_another_name_and_no_figures(theme: Theme) -> None:
    segments = Segments(theme, ("One", "Two"), "segments", "Show")
    segments.set_counts(["3", "4"])
    wide = segments.sizeHint().width()
    segments.set_current(1)
    segments.set_texts(["Ten"])
    assert segments.current == 0
    assert segments.accessibleName() == "Show: Ten"
    assert segments.sizeHint().width() < wide
