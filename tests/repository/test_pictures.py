"""The pictures of the documentation: shown with words, there, and not heavy."""

from __future__ import annotations

import re

from tests.repository.source import ROOT
from tests.views.guide_pictures import PICTURES

MOST_BYTES = 350_000
_PICTURE = re.compile(r"!\[([^]]*)\]\((?:docs/)?(images/[^)]+)\)")


def test_every_picture_is_shown_with_words_and_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = [match for page in pages for match in _PICTURE.findall(page.read_text("utf-8"))]
    assert all(words for words, _ in shown)
    missing = {name for _, name in shown if not (ROOT / "docs" / name).is_file()}
    assert missing == set()


def test_no_picture_is_heavy() -> None:
    sizes = {one.name: one.stat().st_size for one in (ROOT / "docs" / "images").iterdir()}
    assert {name for name, size in sizes.items() if size > MOST_BYTES} == set()


def test_every_picture_can_be_drawn_anew() -> None:
    names = {one.stem for one in (ROOT / "docs" / "images").iterdir()}
    assert names == set(PICTURES)
