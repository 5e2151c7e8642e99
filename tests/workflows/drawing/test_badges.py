"""Colours and initials of integrations."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from koda_desktop.workflows.drawing import badges


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Google Sheets", "GS"), ("Slack", "Sl"), ("HTTP Request", "HR"), ("OpenAI", "OA"),
        ("HubSpot", "HS"), ("X (Twitter)", "X"), ("If", "If"), ("HTML", "HT"), ("n8n", "N8"),
        ("Convert to File", "CF"), ("外送記帳", "外"), ("ß", "ß"), ("", "•"), ("()", "•"),
        ("🙂", "•"), ("monday.com", "MC"), ("(beta)", "Be"),
    ],
)  # fmt: skip
def test_initials(label: str, expected: str) -> None:
    assert badges.initials(label) == expected


@hypothesis.given(st.text())
def test_initials_are_one_or_two_characters_of_any_name(label: str) -> None:
    assert 1 <= len(badges.initials(label)) <= 2


@hypothesis.given(st.text(), st.sampled_from(["action", "logic", "code", "ai", "ai-part"]))
def test_white_initials_can_be_read_on_every_colour(label: str, kind: str) -> None:
    assert badges.contrast_with_white(badges.colour(label, kind)) >= 4.5


@pytest.mark.parametrize("name", sorted(badges.CURATED))
def test_white_initials_can_be_read_on_the_chosen_colours(name: str) -> None:
    assert badges.contrast_with_white(badges.colour(name)) >= 4.5
    assert badges.colour(name.upper()) == badges.colour(name)


def test_the_contrast_is_that_of_wcag() -> None:
    assert badges.contrast_with_white("#000000") == pytest.approx(21)
    assert badges.contrast_with_white("#FFFFFF") == pytest.approx(1)
    assert badges.contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)


def test_unknown_apps_differ_and_keep_their_colour() -> None:
    names = [f"App {n}" for n in range(40)]
    colours = [badges.colour(name) for name in names]
    assert len(set(colours)) > 30
    assert colours == [badges.colour(name) for name in names]


def test_a_disabled_step_is_grey_whatever_its_app() -> None:
    grey = badges.badge("Slack", "action", disabled=True)
    assert grey.initials == "Sl"
    assert grey.colour == badges.badge("Gmail", "action", disabled=True).colour
    assert grey.colour != badges.badge("Slack", "action").colour
