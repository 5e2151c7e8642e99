"""Values in words, and what changed in a text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextFormat
from PySide6.QtWidgets import QTextEdit
from pytestqt.qtbot import QtBot

from koda_desktop.sync.rows import FieldChange, OperationState, Side, Verb, Wait
from koda_desktop.views.activity_words import (
    change_words,
    drop_words,
    kept_words,
    note_words,
    operation_words,
    values_words,
    wait_words,
)
from koda_desktop.views.text_diff import PieceKind, pieces
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.value_words import field_names, value_words
from koda_desktop.views.widgets.change_list import ChangeList
from koda_desktop.views.widgets.layouts import column, holder
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.views.widgets.value_view import ValueView
from tests.views.fakes import NOW
from tests.views.gallery_work import work_rows

_GROUND = QTextFormat.Property.BackgroundBrush
TEXTS = st.text(st.sampled_from("ab ,.\n"), max_size=60)


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(p.text for p in found if p.kind is not PieceKind.REMOVED) == after
    assert "".join(p.text for p in found if p.kind is not PieceKind.ADDED) == before


def test_a_difference_is_of_words_and_of_lines_in_a_long_text() -> None:
    assert [(p.kind.value, p.text) for p in pieces("one two", "one three")] == [
        ("same", "one "),
        ("removed", "two"),
        ("added", "three"),
    ]
    long = "a b c\n" * 1_000
    assert PieceKind.ADDED in {p.kind for p in pieces(long, long + "end\n")}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("price", 9.99, "€9.99"),
        ("price", 0, "Free"),
        ("price", "odd", "odd"),
        ("tags", ["a", "b"], "a, b"),
        ("tags", [], "None"),
        ("active", False, "No"),
        ("previewImageUrl", None, "Not set"),
        ("title", " ", "Empty"),
        ("metadata", {"a": 1}, '{\n  "a": 1\n}'),
    ],
)
def test_values_in_words(field: str, value: Any, words: str) -> None:
    assert value_words(field, Side(True, value)) == words
    assert value_words(field, Side(False)) == "Not set"


def test_fields_in_a_sentence() -> None:
    assert field_names(["title"]) == "title"
    assert field_names(["title", "price", "tags"]) == "title, price and tags"


def test_every_operation_says_what_it_does_and_why_it_waits() -> None:
    for row in work_rows():
        assert row.listing_title in operation_words(row)
        assert bool(wait_words(row, NOW)[0]) == (row.state is not OperationState.DONE)
    refused = next(row for row in work_rows() if row.state is OperationState.PARKED)
    error = refused.error or {}
    assert wait_words(refused, NOW) == (error["what"], error["remedy"])
    later = next(row for row in work_rows() if row.wait is Wait.BACKOFF)
    assert "Next try" in note_words(later, NOW)
    assert "Next try" not in note_words(replace(later, wait=Wait.PAUSED), NOW)
    held = next(row for row in work_rows() if row.operation_id == "edit-held")
    assert change_words(held.changes[0]) == "Title: Customer mail → Customer birthday mail"
    assert "Price: €4.90 → €5.90" in values_words(held)
    upload = next(row for row in work_rows() if row.verb is Verb.UPLOAD)
    assert values_words(upload).endswith("SHA-256 9f86d081884c")


def test_dropping_asks_only_where_something_typed_is_lost() -> None:
    edits = [row for row in work_rows() if row.operation_id in ("edit-held", "edit-queued")]
    publication = [row for row in work_rows() if row.verb is Verb.REGISTER][:1]
    assert drop_words(publication) is None
    assert kept_words(publication)[0] == "The listing is a draft again"
    question = drop_words(edits)
    assert question is not None
    assert "5 values" in question[1]
    assert kept_words(edits)[0] == "The change is dropped"


@pytest.mark.parametrize(
    ("field", "before", "after", "old", "new"),
    [
        ("version", "1.2.0", "1.3.0", "1.2.0", "1.3.0"),
        ("price", 9.99, 19.99, "€9.99", "€19.99"),
        ("category", "Social media", "Social", "Social media", "Social"),
        ("platform", "n8n", "Make", "n8n", "Make"),
        ("active", True, False, "Yes", "No"),
        ("title", "Mail for a customer", "Mail for a buyer", "customer", "buyer"),
    ],
)
def test_what_a_value_was_is_struck_out(
    theme: Theme, qtbot: QtBot, field: str, before: Any, after: Any, old: str, new: str
) -> None:
    changes = ChangeList(theme, "changes")
    qtbot.addWidget(changes)
    changes.show_changes([FieldChange(field, Side(True, before), Side(True, after))])
    text = changes.findChild(QTextEdit)
    assert isinstance(text, QTextEdit)
    block = text.document().firstBlock()
    marked = {
        block.text()[run.start : run.start + run.length]: run.format.fontStrikeOut()
        for run in block.textFormats()
        if run.format.hasProperty(_GROUND)
    }
    assert marked == {old: True, new: False}


def test_a_long_text_in_a_narrow_place_is_as_tall_as_it_needs(theme: Theme, qtbot: QtBot) -> None:
    changes = ChangeList(theme, "changes")
    place = scrolled(holder(column(changes, None)), "place")
    qtbot.addWidget(place)
    place.setFixedSize(340, 500)
    place.show()
    long = "A title of many words that needs several lines. " * 3
    after = Side(True, long + "And more.")
    changes.show_changes([FieldChange("title", Side(True, long), after)])
    text = changes.findChild(QTextEdit)
    assert isinstance(text, QTextEdit)
    view = changes.findChild(ValueView)
    assert isinstance(view, ValueView)
    qtbot.waitUntil(lambda: text.height() == view.height())
    qtbot.waitUntil(lambda: text.document().size().height() <= text.viewport().height())
