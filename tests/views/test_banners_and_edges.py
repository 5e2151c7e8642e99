"""What stands beside what on the pages: icons that fit their words, edges that are one line."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from koda_desktop.errors import KodaError, Offline, ServerDown
from koda_desktop.sync.rows import OperationRow, OperationState, Wait
from koda_desktop.views.money_words import fault_look
from koda_desktop.views.pages.activity_panel import ActivityPanel
from koda_desktop.views.tables.operations import line_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder
from koda_desktop.views.widgets.page_header import SIDE_MARGIN, PageHeader
from koda_desktop.views.widgets.scroll import scrolled_beside
from tests.views.fakes import NOW
from tests.views.gallery_work import work_rows
from tests.views.stage import Play, Stage


def _picture(part: QWidget) -> QImage:
    icon = part.findChild(IconLabel)
    assert isinstance(icon, IconLabel)
    return icon.grab().toImage()


def _banner(theme: Theme, tone: str, icon: str) -> QImage:
    made = Banner(theme)
    made.tell(tone, "What happened", icon=icon)
    return _picture(made)


@pytest.mark.parametrize(
    ("wait", "tone", "icon"),
    [
        (Wait.TURN, "neutral", "clock"),
        (Wait.BACKOFF, "neutral", "clock"),
        (Wait.HELD, "warning", "pause"),
        (Wait.PAUSED, "warning", "pause"),
        (Wait.ANSWER, "info", "upload"),
        (Wait.PERSON, "danger", "error"),
    ],
)
def test_the_banner_of_activity_shows_why_it_waits(
    theme: Theme, qtbot: QtBot, wait: Wait, tone: str, icon: str
) -> None:
    panel = ActivityPanel(theme, lambda: NOW)
    qtbot.addWidget(panel)
    panel.show_lines([_waiting(wait)])
    banner = panel.findChild(QWidget, "activity-banner")
    assert isinstance(banner, QWidget)
    assert _picture(banner) == _banner(theme, tone, icon)


def _waiting(wait: Wait) -> OperationRow:
    """Work that waits for this reason."""
    row = next(row for row in work_rows() if row.state is OperationState.QUEUED)
    return replace(row, wait=wait)


def test_a_warning_is_no_clock_and_no_error(theme: Theme) -> None:
    assert _banner(theme, "warning", "") == _banner(theme, "warning", "alert")
    assert _banner(theme, "danger", "") == _banner(theme, "danger", "error")


@pytest.mark.parametrize(
    ("error", "look"),
    [
        (Offline("Working offline."), ("warning", "cloud-off")),
        (ServerDown("Stripe does not answer."), ("warning", "")),
        (KodaError("That is not allowed."), ("danger", "")),
    ],
)
def test_a_fault_looks_like_what_it_is(error: KodaError, look: tuple[str, str]) -> None:
    assert fault_look(error) == look


def test_what_waits_for_its_turn_says_so_in_its_heading_alone() -> None:
    row = _waiting(Wait.TURN)
    assert row.listing_title in line_words(row)
    assert "turn" not in line_words(row)


def test_what_can_be_done_ends_where_the_content_does(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        for name in ("activity", "conflicts", "events"):
            stage.window.go(name)
            page = await stage.seen(QWidget, f"{name}-page")
            await stage.see(partial(_actions, page))
            assert page.width() - max(_right(one, page) for one in _actions(page)) == SIDE_MARGIN

    play(scene)


def _actions(page: QWidget) -> list[QAbstractButton]:
    [header] = page.findChildren(PageHeader)
    return [one for one in header.findChildren(QAbstractButton) if one.isVisible()]


def _right(part: QWidget, page: QWidget) -> int:
    return part.mapTo(page, QPoint(part.width(), 0)).x()


def test_a_panel_is_as_wide_with_a_scroll_bar_as_without_one(qtbot: QtBot, theme: Theme) -> None:
    words = label("Short", wrap=True)
    area = scrolled_beside(holder(column(words, None)), "panel")
    qtbot.addWidget(area)
    area.resize(300, 200)
    area.show()
    before = words.width()
    assert not area.verticalScrollBar().maximum()
    words.setText("Many words. " * 200)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    assert words.width() == before
