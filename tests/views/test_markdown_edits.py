"""The buttons over a Markdown text, as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.views.markdown_edits import (
    Edited,
    link,
    toggle_heading,
    toggle_list,
    toggle_mark,
)


def chosen(edited: Edited) -> str:
    return edited.text[edited.start : edited.end]


@pytest.mark.parametrize(
    ("text", "selected", "mark", "made"),
    [
        ("send a mail", "a mail", "**", "send **a mail**"),
        ("send a mail ", "a mail ", "**", "send **a mail** "),
        ("send **a mail**", "a mail", "**", "send a mail"),
        ("send **a mail**", "a mail", "*", "send ***a mail***"),
        ("", "", "`", "``"),
    ],
)
def test_marks_go_around_the_words_and_away(text: str, selected: str, mark: str, made: str) -> None:
    start = text.index(selected)
    edited = toggle_mark(text, start, start + len(selected), mark)
    assert edited.text == made
    assert chosen(edited) == selected.strip()


def test_lines_become_a_list_and_plain_again() -> None:
    text = "First:\none\ntwo\n\nthree\nLast"
    start, end = text.index("one"), text.index("Last")
    listed = toggle_list(text, start, end)
    assert listed.text == "First:\n- one\n- two\n\n- three\nLast"
    assert toggle_list(*listed).text == text
    numbered = toggle_list(*listed, numbered=True)
    assert numbered.text == "First:\n1. one\n2. two\n\n3. three\nLast"


def test_a_heading_takes_the_place_of_another() -> None:
    made = toggle_heading("### Steps\nrest", 5, 5)
    assert made.text == "## Steps\nrest"
    assert toggle_heading(*made).text == "Steps\nrest"


def test_a_link_asks_for_what_is_missing() -> None:
    words = link("see the docs now", 8, 12)
    assert words.text == "see the [docs](https://) now"
    assert chosen(words) == "https://"
    address = link("https://n8n.io", 0, 14)
    assert address.text == "[](https://n8n.io)"
    assert address.start == 1


TEXTS = st.text(st.sampled_from("ab \n-#*1.é"), max_size=30)


@st.composite
def selections(draw: st.DrawFn) -> tuple[str, int, int]:
    text = draw(TEXTS)
    start = draw(st.integers(0, len(text)))
    return text, start, draw(st.integers(start, len(text)))


@given(selections())
def test_no_edit_loses_a_letter_and_the_selection_stays_inside(
    selection: tuple[str, int, int],
) -> None:
    text, start, end = selection
    for edited in (
        toggle_mark(text, start, end, "**"),
        toggle_list(text, start, end),
        toggle_list(text, start, end, numbered=True),
        toggle_heading(text, start, end),
        link(text, start, end),
    ):
        assert 0 <= edited.start <= edited.end <= len(edited.text)
        letters = [sign for sign in text if sign in "abé\n"]
        made = edited.text.replace("https://", "")
        assert [sign for sign in made if sign in "abé\n"] == letters


@given(st.text(st.sampled_from("ab é"), min_size=1), st.sampled_from(["**", "*", "`"]))
def test_a_mark_put_twice_is_none(text: str, mark: str) -> None:
    once = toggle_mark(text, 0, len(text), mark)
    assert toggle_mark(*once, mark).text == text
