from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.notes import LONGEST_DESCRIPTION, description_of, plain
from koda_desktop.workflows.proposing import tags
from koda_desktop.workflows.service_names import humanised, service_name
from koda_desktop.workflows.texts import (
    counted,
    file_name,
    one_line,
    sentence_list,
    slug,
    without_personal_data,
)  # fmt: skip
from koda_desktop.workflows.titles import from_file_name, is_generic
from koda_desktop.workflows.where import ROOT


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Write to anna.b+x@mail.example.co.uk now", "Write to [e-mail address] now"),
        ("Call +43 (1) 234 56 78.", "Call [phone number]."),
        ("See https://docs.google.com/d/1AbC?key=2, ok", "See docs.google.com ok"),
        ("https://user:pw@host.example/x", "host.example"),
        ("a @mention and 12 + 30 (4)", "a @mention and 12 + 30 (4)"),
    ],
)
def test_personal_data_is_taken_out(given: str, expected: str) -> None:
    assert without_personal_data(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a\x00b\u202ec\ud800\n d", "abc d"),
        ("👨\u200d🎤 Setup", "👨\u200d🎤 Setup"),
        ("one two three four", "one two…"),
    ],
)
def test_one_line(given: str, expected: str) -> None:
    assert one_line(given, 12) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Größe & Maß!", "groe-ma"),
        ("New order's", "new-orders"),
        ("外送", ""),
        ("a" * 99, "a" * 60),
        ("seven77 " * 20, "-".join(["seven77"] * 7)),
    ],
)
def test_slugs(given: str, expected: str) -> None:
    assert slug(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\flow.json", "flow.json"),
        ("CON.json", "_CON.json"),
        ('a<b>:"c|?*.json', "a_b___c___.json"),
        ("", "workflow"),
        ("...", "workflow"),
        ("x" * 300 + ".json", "x" * 145 + ".json"),
        ("flow\x00\ud800.json ", "flow.json"),
    ],
)
def test_file_names_fit_every_system(given: str, expected: str) -> None:
    assert file_name(given) == expected


@given(st.text(max_size=400))
def test_any_text_makes_a_safe_file_name(text: str) -> None:
    made = file_name(text)
    assert made
    assert len(made.encode()) <= 150
    assert not set(made) & set('<>:"/\\|?*\0')
    assert made.strip(" .") == made


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0uon02fOzPkLcG6G_Lead_Qualification.n8n.json", "Lead Qualification"),
        ("177_Telegram_AI-bot.json", "Telegram AI-bot"),
        ("daily-lead-digest (2).json", "daily lead digest"),
        ("/home/anna/flow.JSON", "flow"),
        ("workflow.json", "workflow"),
        (".json", ""),
    ],
)
def test_names_from_files(given: str, expected: str) -> None:
    assert from_file_name(given) == expected


@pytest.mark.parametrize(
    ("name", "generic"),
    [("My workflow 12", True), ("1048 workflow 1048", False), ("workflow 1048", True), ("", True),
     ("Untitled", True), ("main", True), ("Test flow", True), ("Invoice flow", False)],
)  # fmt: skip
def test_names_that_say_nothing(name: str, generic: bool) -> None:
    assert is_generic(name) is generic


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## Title\n**Bold** and *soft* `code`", "Title\nBold and soft code"),
        ("[the docs](https://x.example/a?b=c)", "the docs"),
        ("![logo](https://x.example/logo.png)\nText", "Text"),
        ("@[youtube](abc123)\nText here", "Text here"),
        ("<b>Hi</b> there<br/>", "Hi there"),
        ("* one\n- [ ] two\n• three", "- one\n- two\n- three"),
        ("```json\n{}\n```\nAfter code", "After code"),
        ("Before\n```\nnever closed", "Before"),
        ("One\n\n\n\n---\n\nTwo words", "One\n\nTwo words"),
        ("**Double click** to edit me. [Guide](https://docs)", ""),
        ("snake_case_name stays", "snake_case_name stays"),
    ],
)
def test_notes_become_plain(markdown: str, expected: str) -> None:
    assert plain(markdown) == expected


@given(st.lists(st.text(max_size=500), max_size=20))
def test_descriptions_stay_short(notes: list[str]) -> None:
    assert len(description_of(tuple(notes))) <= LONGEST_DESCRIPTION


def test_the_same_note_is_told_once() -> None:
    assert description_of(("Same text", "## Same text", "Other text")) == "Same text\n\nOther text"


def test_tags() -> None:
    assert tags(["N8N", "n8n", "  X (Twitter)", "", "a@b.example", "y" * 99]) == (
        "n8n", "x twitter", "e-mail address", "y" * 29,
    )  # fmt: skip


def test_words() -> None:
    assert counted(1, "step") == "1 step"
    assert counted(1200, "step") == "1,200 steps"
    assert sentence_list(("a", "b", "c")) == "a, b and c"
    assert sentence_list(()) == ""
    assert sentence_list(tuple("abcdefgh"), 3) == "a, b and 6 more"
    assert humanised("googleSheets") == humanised("google-sheets") == "Google Sheets"
    assert humanised("someAPIThing") == "Some API Thing"
    assert service_name("OpenAi") == "OpenAI"


def test_paths_are_readable_and_printable() -> None:
    place = ROOT / "nodes" / 3 / "credentials" / "gmailOAuth2" / "id"
    assert str(place) == "nodes[3].credentials.gmailOAuth2.id"
    assert str(ROOT / 0 / "nodes") == "[0].nodes"
    assert str(ROOT / "a b" / 'c"\\' / "\ud800\n") == '["a b"]["c\\"\\\\"]["\\\\ud800\\x0a"]'
    assert str(ROOT) == ""
