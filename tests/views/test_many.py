"""The inspector of several listings, and the menu of what is selected."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QWidget

from koda_desktop.models.listing_fields import check_value
from koda_desktop.sync.bulk.copying import Duplicate
from koda_desktop.sync.changesets.rows import ChangeSetResult
from koda_desktop.sync.rows import ListingRow
from koda_desktop.views.dialogs.bulk import BulkDialog
from koda_desktop.views.dialogs.bulk_forms import VERBS, make_forms
from koda_desktop.views.format import money
from koda_desktop.views.pages.many_panel import ManyPanel
from koda_desktop.views.tables.listings_columns import Column
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.price_field import PriceField
from koda_desktop.views.widgets.tags_editor import TagsEditor
from tests.views.stage import Play, Stage, acted_on
from tests.views.test_grid import go, press, select, table

assert check_value("price", 1) == (1, "")  # what is loaded once is loaded before anyone waits


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The plans of verbs that were applied, which change the rows of the workspace."""
    plans: list[Any] = []

    def apply(bulk: Any, plan: Any, **_: Any) -> ChangeSetResult:
        plans.append(plan)
        bulk._workspace.change({one.listing_id: one.fields for one in plan.changes})
        return ChangeSetResult(len(plans), plan.name, len(plan.changes))

    monkeypatch.setattr("tests.views.fakes.FakeBulk.apply", apply)
    return plans


async def several(stage: Stage, last: int = 2) -> list[ListingRow]:
    """The first lines selected, and what is in them once the panel shows it."""
    select(stage, (0, Column.TITLE), (last, Column.PRICE))
    await stage.see(lambda: stage.is_seen("many-panel"))
    rows = [table(stage).listings.row_at(line) for line in range(last + 1)]
    platform = stage.part(QComboBox, "many-active")
    await stage.see(lambda: platform.currentText() == "Yes")
    return [row for row in rows if row is not None]


def test_what_differs_says_so_and_what_is_the_same_is_shown(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        rows = await several(stage)
        assert stage.part(QLabel, "many-title").text() == "3 listings"
        assert len({row.price_minor for row in rows}) > 1
        price = stage.part(QLineEdit, "many-price")
        assert (price.text(), price.placeholderText()) == ("", "Multiple values")
        assert len({row.category for row in rows}) > 1
        assert stage.part(QComboBox, "many-category").currentIndex() == -1
        assert stage.part(QLineEdit, "many-version").text() == "1.0.0"
        assert tuple(stage.part(TagsEditor, "many-tags").tags()) == rows[0].tags
        for part in acted_on(stage.part(ManyPanel, "many-panel")):
            assert part.objectName()
            assert part.accessibleName() or part.property("text")
        press(stage, Qt.Key.Key_Escape)
        assert not stage.is_seen("many-panel")

    play(scene)


def test_writing_sets_all_of_them_in_one_change_set(play: Play, done: list[Any]) -> None:
    async def scene(stage: Stage) -> None:
        rows = await several(stage)
        price = stage.part(PriceField, "many-price")
        price.setFocus()
        QTest.keyClicks(price, "12,50")
        fee = stage.part(QWidget, "many-panel").findChild(QLabel, "fee-line")
        assert isinstance(fee, QLabel)
        assert fee.text().endswith(f"Koda’s fee {money(188)}  ·  You get {money(1062)}")
        QTest.keyClick(price, Qt.Key.Key_Return)
        await stage.see(lambda: done)
        assert done[0].name == "Set price to 12.50"
        assert {stage.workspace.all_rows[row.pk].price_minor for row in rows} == {1250}
        await stage.see(lambda: price.placeholderText() == "")
        table(stage).clear_selection()

    play(scene)


def test_a_wrong_value_is_told_and_changes_nothing(play: Play, done: list[Any]) -> None:
    async def scene(stage: Stage) -> None:
        await several(stage)
        price = stage.part(QLineEdit, "many-price")
        price.setFocus()
        QTest.keyClicks(price, "1.234")
        QTest.keyClick(price, Qt.Key.Key_Return)
        assert "thousands" in price.accessibleDescription()
        assert price.text() == "1.234"
        assert done == []
        table(stage).clear_selection()

    play(scene)


def test_tags_are_added_to_all_and_taken_from_all(play: Play, done: list[Any]) -> None:
    async def scene(stage: Stage) -> None:
        rows = await several(stage)
        tags = stage.part(TagsEditor, "many-tags")
        tags.line.setFocus()
        QTest.keyClicks(tags.line, "sale,")
        await stage.see(lambda: len(done) == 1)
        assert done[0].name == "Add tag “sale”"
        await stage.see(lambda: "sale" in tags.tags())
        chip = tags.findChild(QWidget, f"tag-{rows[0].tags[0]}")
        assert chip is not None
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
        await stage.see(lambda: len(done) == 2)
        left = {stage.workspace.all_rows[row.pk].tags for row in rows}
        assert left == {(*rows[0].tags[1:], "sale")}
        table(stage).clear_selection()

    play(scene)


def test_a_tag_of_some_is_shown_with_its_share_and_taken_from_those(
    play: Play, done: list[Any]
) -> None:
    async def scene(stage: Stage) -> None:
        first = table(stage).listings.row_at(0)
        assert first is not None
        stage.workspace.change({first.id: {"tags": [*first.tags, "only here"]}})
        await several(stage)
        await stage.see(lambda: stage.is_seen("some-tag-only here"))
        chip = stage.part(QAbstractButton, "some-tag-only here")
        assert chip.text() == "only here · on 1 of 3"
        chip.setFocus()
        QTest.keyClick(chip, Qt.Key.Key_Delete)
        await stage.see(lambda: done)
        assert done[0].name == "Remove tag “only here”"
        assert [change.listing_id for change in done[0].changes] == [first.id]
        await stage.see(lambda: not stage.is_seen("some-tag-only here"))
        table(stage).clear_selection()

    play(scene)


def test_the_menu_of_the_selection_opens_a_verb(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a screen there is nothing to open a menu over.
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)

    async def scene(stage: Stage) -> None:
        go(stage, 1, Column.PRICE)
        table(stage).customContextMenuRequested.emit(QPoint(30, 30))
        [menu] = stage.window.findChildren(QMenu, "listings-context")
        texts = [action.text().partition("\t")[0] for action in menu.actions()]
        assert {"Edit cell", "Copy", "Paste", "Fill down", "Tags…"} <= {*texts}
        menu.actions()[texts.index("Tags…")].trigger()
        await stage.see(lambda: stage.is_seen("bulk-dialog"))
        assert stage.part(QComboBox, "bulk-verb").currentText() == "Tags"
        stage.part(BulkDialog, "bulk-dialog").reject()
        await stage.see(lambda: not stage.is_seen("bulk-dialog"))

    play(scene)


def test_the_menu_has_every_verb(theme: Theme) -> None:
    forms = make_forms(theme, lambda search, texts: [*texts], str, lambda *_: Duplicate())
    assert tuple(forms) == VERBS
    for form in forms.values():
        form.deleteLater()
