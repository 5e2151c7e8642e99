"""Files of selected listings looked at again, in a shown window."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu

from koda_desktop.errors import StoreFault
from koda_desktop.views.actions import Act
from koda_desktop.views.dialogs.rescan import RescanDialog
from koda_desktop.views.tables.listings_columns import Column
from koda_desktop.workspace.rescan import RescanReport, Standing
from tests.views.gallery_bulk import rescan_report
from tests.views.gallery_data import catalogue
from tests.views.stage import Play, Stage, acted_on
from tests.views.test_grid import press, select, table


async def begun(stage: Stage) -> RescanDialog:
    """The dialog over the first three listings, by the palette's action."""
    select(stage, (0, Column.TITLE), (2, Column.TITLE))
    stage.window.work.actions[Act.RESCAN].trigger()
    await stage.see(lambda: stage.is_seen("rescan-dialog"))
    return stage.part(RescanDialog, "rescan-dialog")


def test_the_report_names_what_was_found_and_leads_there(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.workspace.rescan.report = rescan_report()
        dialog = await begun(stage)
        await stage.see(dialog.table.isVisible)
        assert [*stage.workspace.rescan.asked[0].keys] == [
            table(stage).listings.key_at(line) for line in range(3)
        ]
        words = stage.part(QLabel, "rescan-words").text()
        assert "1 with secrets" in words
        assert "One is kept out of the marketplace" in words
        found = [line.cells[2].text for line in dialog.table.lines.lines]
        assert found == ["Secrets", "Errors", "Warnings", "Not read", "Not here", "Clean"]
        assert "One that was kept out may be published now." in words
        for part in acted_on(dialog):
            assert part.objectName()
            assert part.accessibleName() or part.property("text")
        QTest.keyClick(dialog.table, Qt.Key.Key_Down)
        QTest.keyClick(dialog.table, Qt.Key.Key_Return)
        await stage.see(lambda: not stage.is_seen("rescan-dialog"))
        title = await stage.seen(QLineEdit, "listing-title")
        await stage.see(lambda: title.text() == catalogue()[4].title)

    play(scene)


def test_escape_stops_first_and_then_closes(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.workspace.rescan.may_end.clear()
        stage.workspace.rescan.report = RescanReport(3, Counter({Standing.CLEAN: 1}))
        dialog = await begun(stage)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        close = await stage.seen(QAbstractButton, "rescan-close")
        assert "Stopped after 1 of 3." in dialog.accessibleDescription()
        assert close.hasFocus()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await stage.see(lambda: not stage.is_seen("rescan-dialog"))

    play(scene)


def test_what_stands_in_the_way_is_told(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(stage: Stage) -> None:
        def fail(*_: object, **__: object) -> None:
            raise StoreFault("The local store is locked.", remedy="Close the other Koda.")

        monkeypatch.setattr(stage.workspace.rescan, "look", fail)
        dialog = await begun(stage)
        await stage.seen(QAbstractButton, "rescan-close")
        assert "locked" in dialog.accessibleDescription()
        dialog.accept()
        await stage.see(lambda: not stage.is_seen("rescan-dialog"))

    play(scene)


def test_nothing_selected_is_told_and_the_menu_has_it(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)

    async def scene(stage: Stage) -> None:
        stage.window.work.actions[Act.RESCAN].trigger()
        await stage.see(lambda: stage.bench.told)
        assert "Select the listings" in stage.bench.told[-1].text
        select(stage, (0, Column.TITLE), (1, Column.TITLE))
        table(stage).customContextMenuRequested.emit(QPoint(30, 30))
        [menu] = stage.window.findChildren(QMenu, "listings-context")
        texts = [action.text() for action in menu.actions()]
        menu.actions()[texts.index("Look at files again…")].trigger()
        await stage.see(lambda: stage.is_seen("rescan-dialog"))
        await stage.seen(QAbstractButton, "rescan-close")
        stage.part(RescanDialog, "rescan-dialog").accept()
        await stage.see(lambda: not stage.is_seen("rescan-dialog"))
        press(stage, Qt.Key.Key_Escape)

    play(scene)
