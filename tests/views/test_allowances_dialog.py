"""The allowed values over the whole window: searched, chosen, withdrawn."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QLineEdit

from koda_desktop.runtime.settings import KEPT_REMOVALS
from koda_desktop.views.tables.allowances import AllowanceList
from koda_desktop.workspace.allowances import Allowances
from tests.views.fakes import StillClock
from tests.views.gallery_allowances import allow_many
from tests.views.stage import Play, Stage, acted_on


async def _open(stage: Stage, folder: Path, number: int) -> Allowances:
    allowances = Allowances(folder, StillClock())
    allow_many(allowances, number)
    stage.window.go("settings")
    (await stage.seen(QAbstractButton, "show-allowances")).click()
    await stage.seen(QDialog, "allowances-dialog")
    count = stage.part(QLabel, "allowances-count")
    await stage.see(lambda: count.text().startswith(str(number)))
    return allowances


def test_every_allowed_value_is_listed_masked_with_its_story(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await _open(stage, tmp_path, 5)
        shown = stage.part(AllowanceList, "allowances")
        words = [shown.lines.index(row).data() for row in range(shown.lines.rowCount())]
        assert len(words) == 5
        newest = words[0]
        digest = hashlib.sha256(b"value 4").hexdigest()
        assert "GitHub token ghp_… (40 characters)" in newest
        assert "“The token of the public demo account”" in newest
        assert "first seen in invoice-reminder.json" in newest
        assert digest[:12] in newest
        assert digest not in newest
        assert not stage.part(QAbstractButton, "allowances-withdraw").isEnabled()
        for widget in acted_on(stage.part(QDialog, "allowances-dialog")):
            assert widget.objectName()
            assert widget.accessibleName(), widget.objectName()

    play(scene)


def test_values_are_found_and_withdrawn_together(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        allowances = await _open(stage, tmp_path, 8)
        QTest.keyClicks(stage.part(QLineEdit, "allowances-search"), "github demo")
        count = stage.part(QLabel, "allowances-count")
        await stage.see(lambda: count.text() == "2 of 8 values")
        shown = stage.part(AllowanceList, "allowances")
        QTest.keyClick(shown, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        button = stage.part(QAbstractButton, "allowances-withdraw")
        assert button.text() == "Withdraw 2 values…"
        QTest.keyClick(shown, Qt.Key.Key_Delete)
        question = await stage.seen(QDialog, "confirm-dialog")
        said = "\n".join(part.text() for part in question.findChildren(QLabel))
        assert "Withdraw 2 allowances?" in said
        assert "Files that hold these values are blocked again" in said
        (await stage.seen(QAbstractButton, "confirm-accept")).click()
        await stage.see(lambda: len(allowances.all()) == 6)
        await stage.see(lambda: count.text() == "0 of 6 values")
        assert not button.isEnabled()
        assert {one.kind for one in allowances.all()} == {
            "API key", "Password in an address", "Webhook address of Slack"
        }  # fmt: skip

    play(scene)


def test_nothing_is_withdrawn_unless_it_is_confirmed(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        allowances = await _open(stage, tmp_path, 2)
        shown = stage.part(AllowanceList, "allowances")
        shown.setCurrentIndex(shown.lines.index(0))
        stage.part(QAbstractButton, "allowances-withdraw").click()
        question = await stage.seen(QDialog, "confirm-dialog")
        QTest.keyClick(question, Qt.Key.Key_Escape)
        await stage.see(lambda: not stage.is_running("allowances.ask"))
        assert len(allowances.all()) == 2

    play(scene)


def test_settings_count_the_values_and_a_damaged_list_is_told(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        allow_many(Allowances(tmp_path, StillClock()), 3)
        stage.window.go("settings")
        told = await stage.seen(QLabel, "settings-allowances")
        await stage.see(lambda: "3 values" in told.text())
        (tmp_path / "allowed-secrets.json").write_text("{", "utf-8")
        stage.window.go("listings")
        stage.window.go("settings")
        await stage.see(lambda: "damaged" in told.text())

    play(scene)


def test_what_is_kept_in_new_files_is_shown_and_forgotten(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        preferences = stage.window.work._services.preferences
        stage.window.go("settings")
        told = await stage.seen(QLabel, "settings-kept")
        assert told.text() == "Nothing: all that can be removed is removed."
        preferences.choose(KEPT_REMOVALS, "make-zone make-ui-hints no-such-kind")
        await stage.see(lambda: told.text() == "UI hints (Make), Data centre (Make)")
        (await stage.seen(QAbstractButton, "forget-kept")).click()
        await stage.see(lambda: preferences.text(KEPT_REMOVALS) == "")
        await stage.see(lambda: not stage.is_seen("forget-kept"))

    play(scene)
