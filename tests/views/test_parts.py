"""The small parts: fields, formats, words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from koda_desktop.controllers.intake_state import ListingDraft
from koda_desktop.models.money import MAX_MINOR, Money, split_fee
from koda_desktop.models.processing_fee import estimated_processing
from koda_desktop.runtime.clock import iso
from koda_desktop.sync.lane_parts import conflict_of
from koda_desktop.sync.rows import Link, ListingState, OperationRow, SyncStatus, TransferState
from koda_desktop.views.actions import ACTIONS, Act
from koda_desktop.views.activity_words import note_words, operation_words
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.dialogs.unsaved import UnsavedDialog
from koda_desktop.views.format import ago, counted, duration, money, size
from koda_desktop.views.main_window import FOOT, SECTIONS
from koda_desktop.views.pages.inspector_words import state_words
from koda_desktop.views.status_words import status_words
from koda_desktop.views.tables.operations import Heading, grouped
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.fee_line import FeeLine
from koda_desktop.views.widgets.layouts import column
from koda_desktop.views.widgets.listing_form import ListingForm
from koda_desktop.views.widgets.page_header import PageHeader
from koda_desktop.views.widgets.pill import STATE_BADGES
from koda_desktop.views.widgets.price_field import PriceField
from koda_desktop.views.widgets.price_lines import PriceLines
from koda_desktop.views.widgets.search_field import SearchField
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.views.widgets.selection_bar import SelectionBar
from koda_desktop.views.widgets.tags_editor import TagsEditor
from koda_desktop.views.widgets.transfer_line import TransferLine, progress_words
from koda_desktop.views.window_state import WindowState
from tests.views.fakes import NOW, FakeWorkspace, before
from tests.views.gallery_data import activity_rows, catalogue, refused, transfer_rows
from tests.views.stage import begins, words_begin

on_one_theme = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@on_one_theme
@given(st.integers(0, MAX_MINOR))
def test_a_price_that_is_shown_is_read_back_to_the_cent(theme: Theme, minor: int) -> None:
    field = PriceField(theme, "price")
    field.set_minor(minor)
    assert field.minor == minor
    assert field.problem() == ""


@pytest.mark.parametrize("text", ["", "abc", "1.234,50", "-1", "9.999"])
def test_what_is_no_price_is_said(theme: Theme, text: str) -> None:
    field = PriceField(theme, "price")
    field.setText(text)
    assert field.minor is None
    assert field.problem().endswith(".")


def test_an_empty_price_is_a_mistake_only_where_there_was_one(theme: Theme) -> None:
    field = PriceField(theme, "price")
    assert not field.is_mistyped(None)
    assert field.is_mistyped(500)
    field.setText("abc")
    assert field.is_mistyped(None)
    field.setText("5")
    assert not field.is_mistyped(None)


def test_the_fee_line_says_who_gets_what(theme: Theme) -> None:
    line = FeeLine()
    line.show_price(999)
    assert line.text() == "Price €9.99  ·  Koda’s fee €1.50  ·  You get €8.49"
    line.show_price(0)
    assert "no fee" in line.text()


@on_one_theme
@given(st.integers(1, MAX_MINOR))
def test_the_lines_under_a_price_add_up_and_say_who_pays_stripe(theme: Theme, minor: int) -> None:
    lines = PriceLines()
    lines.show_price(minor)
    texts = {one.objectName(): one.text() for one in lines.findChildren(QLabel)}
    split = split_fee(Money(minor))
    assert texts["price-price"] == money(minor)
    assert texts["price-fee"] == money(-split.fee.minor)
    assert texts["price-net"] == money(split.net.minor)
    assert money(estimated_processing(minor) or 0) in texts["price-note"]
    assert "Koda’s to pay" in texts["price-note"]


def test_without_a_price_the_rule_is_said_and_a_free_product_has_no_fee(theme: Theme) -> None:
    lines = PriceLines()
    assert "15%" in lines.accessibleName()
    lines.show_price(0)
    assert "no fee" in lines.accessibleName()
    lines.show_price(999)
    assert lines.accessibleName().startswith("Buyers pay €9.99, Koda’s fee is €1.50, you get €8.49")


def test_tags_are_added_by_comma_and_enter_and_taken_by_backspace(theme: Theme) -> None:
    editor = TagsEditor(theme, "tags")
    changed = QSignalSpy(editor.tags_changed)
    QTest.keyClicks(editor.line, "gmail, sheets")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert editor.tags() == ["gmail", "sheets"]
    QTest.keyClicks(editor.line, "gmail,")
    assert editor.tags() == ["gmail", "sheets"]
    QTest.keyClick(editor.line, Qt.Key.Key_Backspace)
    assert editor.tags() == ["gmail"]
    assert changed.count() == 3
    editor.set_tags(["a", "b"])
    assert editor.tags() == ["a", "b"]
    assert changed.count() == 3


def test_a_tag_that_stays_has_no_room_for_a_cross(theme: Theme) -> None:
    editor = TagsEditor(theme, "tags")
    editor.set_tags(["crm"])
    chip = editor.findChild(QAbstractButton, "tag-crm")
    assert chip is not None
    with_cross = chip.sizeHint().width()
    editor.setEnabled(False)
    assert chip.sizeHint().width() == with_cross - 11


@pytest.mark.parametrize("figures", ["", "7", "199"])
def test_choices_stay_within_their_room_when_figures_come_later(theme: Theme, figures: str) -> None:
    choices = Segments(theme, ("All", "Problems", "Secrets", "Ready"), "kinds", "Show")
    choices.resize(280, 30)
    choices.show()
    choices.set_counts([figures] * 4)
    past_the_last = QPoint(choices.width() - 1, 15)
    QTest.mouseClick(choices, Qt.MouseButton.LeftButton, pos=past_the_last)
    assert choices.current == 0


def test_the_form_hands_out_what_it_was_given_and_is_silent_while_filled(theme: Theme) -> None:
    form = ListingForm(theme, "form")
    edited = QSignalSpy(form.edited)
    draft = ListingDraft("A title", "Two\nlines", ("one", "two"), "Sales", 1250)
    form.show_draft(draft)
    assert form.draft() == draft
    assert edited.count() == 0
    form.show_draft(ListingDraft(category="A category of tomorrow"))
    assert form.draft().category == "A category of tomorrow"
    title = form.findChild(QLineEdit, "form-title")
    assert isinstance(title, QLineEdit)
    QTest.keyClicks(title, "x")
    assert edited.count() == 1


def test_problems_are_shown_below_their_fields_and_spoken(theme: Theme) -> None:
    form = ListingForm(theme, "form")
    form.show_problems({"title": "This is needed."})
    title = form.findChild(QLineEdit, "form-title")
    assert isinstance(title, QLineEdit)
    assert title.property("invalid") is True
    assert title.accessibleDescription() == "This is needed."
    form.show_problems({})
    assert title.property("invalid") is False
    assert title.accessibleDescription() == ""


def test_segments_move_with_the_arrows_and_stop_at_the_ends(theme: Theme) -> None:
    segments = Segments(theme, ["One", "Two"], "segments", "Show")
    chosen = QSignalSpy(segments.chosen)
    QTest.keyClick(segments, Qt.Key.Key_Left)
    QTest.keyClick(segments, Qt.Key.Key_Right)
    QTest.keyClick(segments, Qt.Key.Key_Right)
    assert [chosen.at(place) for place in range(chosen.count())] == [[1]]
    assert segments.accessibleName() == "Show: Two"


def test_search_waits_for_a_pause_and_escape_clears(theme: Theme) -> None:
    field = SearchField(theme, "Search", "search", "Search listings")
    searched = QSignalSpy(field.searched)
    QTest.keyClicks(field, "abc")
    assert searched.count() == 0
    assert searched.wait(2000)
    assert searched.at(0) == ["abc"]
    QTest.keyClick(field, Qt.Key.Key_Escape)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert searched.at(1) == [""]


def test_a_transfer_offers_what_its_state_allows(theme: Theme) -> None:
    lines = {row.state: TransferLine(theme, row) for row in transfer_rows()}

    def offers(state: TransferState) -> set[str]:
        names = ("transfer-cancel", "transfer-retry")
        buttons = lines[state].findChildren(QAbstractButton)
        return {b.objectName() for b in buttons if b.objectName() in names and not b.isHidden()}

    assert offers(TransferState.ACTIVE) == {"transfer-cancel"}
    assert offers(TransferState.PARKED) == {"transfer-cancel", "transfer-retry"}
    assert offers(TransferState.DONE) == set()
    assert progress_words(transfer_rows()[0]) == "11.4 MB of 18.4 MB  ·  2.4 MB/s  ·  3 s left"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (14_210, "14.2 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (2_310_000_000, "2.3 GB"),
        (5 * 10**15, "5,000 TB"),
    ],
)
def test_sizes(number: int, words: str) -> None:
    assert size(number) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "Just now"),
        (59, "Just now"),
        (60, "1 min ago"),
        (3600, "1 h ago"),
        (86_400, "Yesterday"),
        (3 * 86_400, "3 days ago"),
        (30 * 86_400, "21 Oct"),
        (400 * 86_400, "16 Oct 2025"),
    ],
)
def test_ago(seconds: int, words: str) -> None:
    assert ago(iso(NOW - timedelta(seconds=seconds)), NOW) == words


def test_a_moment_that_cannot_be_read_is_left_out() -> None:
    assert ago("soon", NOW) == ""
    assert ago(None, NOW) == ""


def test_amounts_counts_and_times() -> None:
    assert money(123_456) == "€1,234.56"
    assert counted(1, "entry", "entries") == "1 entry"
    assert counted(4812, "listing") == "4,812 listings"
    assert [duration(s) for s in (0.2, 59, 61, 7500)] == ["1 s", "59 s", "1 min", "2 h 5 min"]


@pytest.mark.parametrize(
    ("status", "first", "second"),
    [
        (None, "No workspace", "Choose one to begin"),
        (SyncStatus(Link.ONLINE, 0, 0, False, before(minutes=2)), "Online", "Synced 2 min ago"),
        (SyncStatus(Link.ONLINE, 3, 0, True, None), "Syncing", "3 waiting"),
        (SyncStatus(Link.OFFLINE, 0, 0, False, None), "Offline", "Nothing waits"),
        (
            SyncStatus(Link.UNREACHABLE, 3, 1, True, None),
            "Cannot connect",
            "1 needs you, 3 waiting",
        ),
        (SyncStatus(Link.UNKNOWN, 0, 0, True, None), "Connecting", "Not synced yet"),
    ],
)
def test_the_status_in_two_lines(status: SyncStatus | None, first: str, second: str) -> None:
    words = status_words(status, NOW)
    assert (words.first, words.second) == (first, second)


def test_what_the_status_has_no_room_for_is_in_its_tip() -> None:
    words = status_words(SyncStatus(Link.ONLINE, 5, 1, True, None, held=2), NOW)
    assert words.second == "1 needs you, 5 waiting"
    assert words.tip.startswith("1 needs you, 5 waiting, 2 held.")
    words = status_words(SyncStatus(Link.ONLINE, 5, 0, True, None, held=2), NOW)
    assert words.second == "5 waiting, 2 held"


@pytest.mark.parametrize(("number", "fields"), [(1, "the listing’s"), (3, "each listing’s")])
def test_what_is_unsaved_is_said_of_one_listing_or_of_many(
    theme: Theme, number: int, fields: str
) -> None:
    dialog = UnsavedDialog(theme, None, number)
    texts = [part.text() for part in dialog.findChildren(QLabel)]
    assert any(f"they stand in {fields} fields" in text for text in texts)
    assert any(text.endswith(f"to {counted(number, 'listing')}?") for text in texts)
    dialog.deleteLater()


def test_every_state_has_a_badge_and_its_way_out() -> None:
    assert set(STATE_BADGES) == set(ListingState)
    workspace = refused(FakeWorkspace(catalogue()))
    ways = {row.state: state_words(workspace.listing(row.id), NOW).actions for row in catalogue()}
    assert ways[ListingState.DRAFT] == ("publish", "delete")
    assert ways[ListingState.WAITING] == ("withdraw",)
    assert ways[ListingState.REFUSED] == ("retry", "withdraw")
    assert ways[ListingState.CONFLICT] == ("settle", "discard")
    told = state_words(workspace.listing(catalogue()[4].id), NOW)
    assert told.heading.startswith("Payouts are not set up")
    assert "setting up payouts" in told.text


def test_a_conflict_is_told_once_with_the_fields_it_is_about() -> None:
    conflict = next(row for row in catalogue() if row.state is ListingState.CONFLICT)
    detail = FakeWorkspace(catalogue()).listing(conflict.id)
    told = state_words(replace(detail, error=conflict_of({"price": {}, "tags": {}}).as_json()), NOW)
    assert "price and tags" in told.text
    assert told.heading not in told.text


def test_activity_is_grouped_and_keeps_the_order_of_what_goes_out() -> None:
    workspace = FakeWorkspace()
    workspace.operation_rows = activity_rows()
    lines = grouped(workspace.activity())
    heads = [line.text for line in lines if isinstance(line, Heading)]
    assert heads == ["Needs you", "Goes out next, in this order", "Done"]
    rows = [line for line in lines if isinstance(line, OperationRow)]
    assert operation_words(rows[1]) == "Upload the file of “Blog post to five networks”"
    assert note_words(rows[4], NOW).endswith("Next try in 40 s, after 3 attempts.")


def test_no_shortcut_is_given_twice() -> None:
    keys = [key for words in ACTIONS.values() for key in words.keys]
    assert len(keys) == len(set(keys))
    assert {"Ctrl+N", "Ctrl+F", "F5", "Ctrl+Q", "Ctrl+4"} <= set(keys)


def test_pages_have_the_order_and_the_numbers_of_the_navigation() -> None:
    sections = [section.key for section in (*SECTIONS, *FOOT)]
    assert [act.value for act in ACTIONS if act.value in sections] == sections
    first_keys = [ACTIONS[Act(key)].keys[0] for key in sections]
    assert first_keys == [f"Ctrl+{number}" for number in range(1, len(sections) + 1)]


def test_a_window_state_survives_and_nonsense_becomes_the_default() -> None:
    state = WindowState("abc", True)
    assert WindowState.from_json(state.to_json()) == state
    for text in ("", "[]", '{"geometry": 3}', "{"):
        assert WindowState.from_json(text) == WindowState()


def test_words_of_a_quiet_button_stand_below_those_above_it(theme: Theme) -> None:
    window = Dialog(None, "A question", "question")
    bar = SelectionBar(theme)
    bar.show_count(2, 2, False)
    quiet = Button(theme, "Restore all", "restore", kind=Kind.QUIET)
    window.lay_out(column(), quiet, None, Button(theme, "Close", "close"))
    for shown, below in ((window, "restore"), (bar, "selection-clear")):
        shown.show()
        QApplication.processEvents()
        button = shown.findChild(Button, below)
        assert button is not None
        assert words_begin(button) == begins(shown.findChildren(QLabel)[0])
        shown.deleteLater()


def test_choices_without_room_are_left_out_but_for_the_current_one(theme: Theme) -> None:
    choices = Segments(theme, ("All", "Drafts", "On the way", "Published"), "views", "Show")
    choices.resize(choices.sizeHint())
    choices.set_current(0)
    chosen = QSignalSpy(choices.chosen)
    room = choices.width()
    QTest.mouseClick(choices, Qt.MouseButton.LeftButton, pos=QPoint(room - 12, 15))
    assert (chosen.count(), choices.current) == (1, 3)
    choices.resize(room // 2, choices.height())
    for number in (0, 3):
        choices.set_current(number)
        QTest.mouseClick(choices, Qt.MouseButton.LeftButton, pos=QPoint(8, 15))
        assert (chosen.count(), choices.current) == (1, number)
    QTest.keyClick(choices, Qt.Key.Key_Left)
    assert choices.current == 2


def test_the_remark_of_a_page_gives_way_before_its_actions_are_cut(theme: Theme) -> None:
    page = QWidget()
    add = Button(theme, "Add files", "add")
    header = PageHeader("Listings", SearchField(theme, "Search", "search", "Search"), add)
    header.setParent(page)
    remark = "4,812 · 12 archived hidden"
    header.set_remark(remark)
    page.show()
    (shown,) = (one for one in header.findChildren(QLabel) if one.text() == remark)
    for width, is_seen in ((900, True), (360, False), (900, True)):
        header.resize(width, 64)
        QApplication.processEvents()
        assert shown.isVisible() is is_seen
        assert add.geometry().right() < width
        assert add.width() >= add.minimumSizeHint().width()
    page.deleteLater()
