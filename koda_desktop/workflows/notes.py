"""Markdown of notes as plain paragraphs that may stand in a listing's description."""

from __future__ import annotations

import re

from koda_desktop.workflows.texts import printable, shortened, without_personal_data

_LONGEST_NOTE = 8000
LONGEST_DESCRIPTION = 1500
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,4000}\)?")
_EMBED = re.compile(r"@\[[^\]\n]{0,60}\]\([^)\n]{0,300}\)?")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\([^)\n]{0,2000}\)")
_TAG = re.compile(r"</?[a-zA-Z!][^<>\n]{0,500}>")
_FENCE = re.compile(r"```.{0,8000}?(?:```|\Z)", re.DOTALL)
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]*", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]{0,3}>[ \t]?", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]{0,12})[*+•-][ \t]+(?:\[[ xX]\][ \t]*)?", re.MULTILINE)
_RULE = re.compile(r"^[ \t]{0,3}(?:[-*_][ \t]{0,3}){3,40}$", re.MULTILINE)
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,500}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,200})(?<=\S)\*(?![\w*])")
_CODE = re.compile(r"`([^`\n]{1,300})`")
_BLANKS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_TITLE = re.compile(r"^#{1,2}[ \t]+(\S[^\n]{8,90})$", re.MULTILINE)
_TITLE_WORDS = 5
_INSTRUCTION = re.compile(
    r"\b(?:steps?|set-?\s?up|guide|follow|notes?|example|click|instructions?|config\w*|here|this"
    r"|your?|fallback|adjust|optional|important)\b",
    re.IGNORECASE,
)
_HINT = re.compile(r"\*{0,2}Double click\*{0,2} to edit me\.?\s*(?:Guide)?", re.IGNORECASE)
_MEANINGFUL = re.compile(r"[^\W\d_]{2}")


def plain(markdown: str) -> str:
    """One note as plain text: words of links kept, pictures, code blocks and addresses gone."""
    text = printable(markdown[:_LONGEST_NOTE].replace("\r\n", "\n").replace("\t", "  "))
    for pattern in (_FENCE, _IMAGE, _EMBED):
        text = pattern.sub("", text)
    text = _LINK.sub(r"\1", text)
    for pattern in (_TAG, _RULE, _HEADING, _QUOTED, _HINT):
        text = pattern.sub("", text)
    text = _STRONG.sub(r"\2", _BULLET.sub(r"\1- ", text))
    text = _CODE.sub(r"\1", _EMPHASIS.sub(r"\1", text))
    lines = [line.rstrip() for line in without_personal_data(text).split("\n")]
    return _BLANKS.sub("\n\n", "\n".join(line for line in lines if _keeps(line))).strip()


def _keeps(line: str) -> bool:
    return not line.strip() or bool(_MEANINGFUL.search(line))


def telling_heading(notes: tuple[str, ...]) -> str:
    """The first heading that says enough to be a title; empty where none does."""
    found = (match[1] for note in notes for match in _TITLE.finditer(note[:_LONGEST_NOTE]))
    for heading in map(plain, found):
        if len(heading.split()) >= _TITLE_WORDS and not _INSTRUCTION.search(heading):
            return heading
    return ""


def description_of(notes: tuple[str, ...]) -> str:
    """Notes joined as paragraphs, each once, until the description is long enough."""
    chosen: list[str] = []
    length = 0
    for note in notes:
        text = plain(note)
        if not text or text in chosen:
            continue
        chosen.append(text)
        length += len(text)
        if length >= LONGEST_DESCRIPTION:
            break
    return shortened("\n\n".join(chosen), LONGEST_DESCRIPTION)
