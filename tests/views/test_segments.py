"""Segments are painted when something about them is other than before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu

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


NAMES = ("All", "Drafts", "Published", "Needs you", "Archived", "Tools & more")


def _narrow(theme: Theme, width: int) -> Counting:
    segments = Counting(theme, NAMES, "views", "Show")
    segments.resize(width, 30)
    segments.show()
    QApplication.processEvents()
    return segments


def _done_with(segments: Segments) -> None:
    _opened(segments).aboutToHide.emit()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not segments.findChildren(QMenu)
    segments.close()


def _opened(segments: Segments) -> QMenu:
    [menu] = segments.findChildren(QMenu, "views-all")
    return menu


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_all_choices_are_in_a_menu_where_some_have_no_room(
    theme: Theme, monkeypatch: pytest.MonkeyPatch, key: Qt.Key
) -> None:
    # Without a screen there is nothing to open a menu over.
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)
    segments = _narrow(theme, 260)
    segments.set_counts(["1,200", "", "", "", "", "7"])
    chosen = QSignalSpy(segments.chosen)
    assert "more" in segments.accessibleDescription()
    QTest.keyClick(segments, key)
    actions = _opened(segments).actions()
    assert [one.text().replace("&&", "&").split("\t")[0] for one in actions] == list(NAMES)
    assert [one.isChecked() for one in actions] == [True, *[False] * 5]
    actions[5].trigger()
    assert [chosen.at(n)[0] for n in range(chosen.count())] == [5]
    assert segments.current == 5
    _done_with(segments)


def test_a_click_on_how_many_more_opens_the_menu(
    theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    at: list[QPoint] = []
    monkeypatch.setattr(QMenu, "popup", lambda self, point: at.append(point))
    segments = _narrow(theme, 260)
    end = _painted_end(segments)
    QTest.mouseClick(segments, Qt.MouseButton.LeftButton, pos=QPoint(end - 20, 15))
    assert len(at) == 1
    assert segments.current == 0
    _done_with(segments)


def _painted_end(segments: Segments) -> int:
    """Where what is painted ends at the right."""
    picture = segments.grab().toImage()
    outside = picture.pixelColor(picture.width() - 1, 15)
    return next(
        x for x in range(picture.width() - 1, 0, -1) if picture.pixelColor(x, 15) != outside
    )


def test_nothing_more_is_said_where_there_is_room_for_all(theme: Theme) -> None:
    segments = _narrow(theme, 700)
    assert segments.accessibleDescription() == ""
    QTest.keyClick(segments, Qt.Key.Key_Down)
    assert not segments.findChildren(QMenu)
    segments.resize(200, 30)
    QApplication.processEvents()
    assert segments.accessibleDescription() != ""
    segments.resize(700, 30)
    QApplication.processEvents()
    assert segments.accessibleDescription() == ""
    segments.close()


@pytest.mark.parametrize("width", [120, 190, 260, 333])
def test_every_choice_can_be_walked_to_and_is_seen_when_it_is_current(
    theme: Theme, width: int
) -> None:
    segments = _narrow(theme, width)
    for number in range(1, len(NAMES)):
        before = segments.grab().toImage()
        QTest.keyClick(segments, Qt.Key.Key_Right)
        assert segments.current == number
        assert segments.grab().toImage() != before
        assert _painted_end(segments) < width
    segments.close()


def test_the_mouse_has_only_what_it_points_at_painted_again(theme: Theme) -> None:
    segments = _narrow(theme, 260)
    QTest.mouseMove(segments, QPoint(10, 15))
    QApplication.processEvents()
    before = segments.painted
    QTest.mouseMove(segments, QPoint(14, 17))
    QApplication.processEvents()
    assert segments.painted == before
    segments.close()
