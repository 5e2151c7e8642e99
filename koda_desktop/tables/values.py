"""Typed values of JSON and of workbooks as the texts that a CSV file would hold."""

from __future__ import annotations

import datetime
import json
from typing import Any


def as_text(value: Any) -> str:
    """``value`` as text: numbers in their shortest form, lists of texts separated by commas."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if type(value) is list and all(type(one) is str for one in value):
        return join_list(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def join_list(texts: list[str]) -> str:
    """``texts`` separated by commas; one that holds a comma or a quotation mark is quoted."""
    return ", ".join(_quoted(one) for one in texts)


def split_list(text: str) -> list[str]:
    """What ``join_list`` was given; blanks around unquoted texts, and empty ones, are dropped."""
    found: list[str] = []
    at = 0
    while at <= len(text):
        one, at = _next(text, at)
        if one:
            found.append(one)
    return found


def _quoted(text: str) -> str:
    if "," in text or '"' in text or text != text.strip() or not text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _next(text: str, at: int) -> tuple[str, int]:
    """The text that begins at ``at``, and where the one after it begins."""
    begin = at
    while begin < len(text) and text[begin].isspace():
        begin += 1
    if text[begin : begin + 1] == '"':
        return _next_quoted(text, begin + 1)
    end = text.find(",", at)
    end = len(text) if end < 0 else end
    return text[at:end].strip(), end + 1


def _next_quoted(text: str, at: int) -> tuple[str, int]:
    parts: list[str] = []
    while True:
        end = text.find('"', at)
        if end < 0:
            return "".join([*parts, text[at:]]), len(text) + 1
        parts.append(text[at:end])
        if text[end + 1 : end + 2] != '"':
            break
        parts.append('"')
        at = end + 2
    comma = text.find(",", end + 1)
    comma = len(text) if comma < 0 else comma
    return "".join([*parts, text[end + 1 : comma].rstrip()]), comma + 1
