"""Changing one field of a filter's text and leaving the rest as it was written."""

from __future__ import annotations

from collections.abc import Iterator

from koda_desktop.sync.filters.fields import BY_NAME
from koda_desktop.sync.filters.tokens import Token, tokens


def quoted(value: str) -> str:
    """``value`` as it is written behind a colon, in quotes where it needs them."""
    if value and not any(char.isspace() or char in '",' for char in value):
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def value_of(text: str, name: str) -> str:
    """What the filter says of the field ``name``, as it stands behind the colon; "" for nothing.

    ``name`` is the field's own; a term that excludes is no value.
    """
    found = next(_of_field(text, name), None)
    if found is None:
        return ""
    return text[found.values[0].start : found.end]


def with_value(text: str, name: str, value: str) -> str:
    """The filter with ``value``, written as behind a colon, for ``name``; "" takes the field out.

    A space in ``value`` outside of quotes is quoted with it, so that it stays one term.
    """
    text = _closed(text)
    term = f"{name}:{_as_one(value)}" if value.strip() else ""
    places = [(token.start, token.end) for token in _of_field(text, name)]
    for start, end in reversed(places[1:]):
        text = _put(text, start, end, "")
    start, end = places[0] if places else (len(text), len(text))
    return _put(text, start, end, term)


def _put(text: str, start: int, end: int, term: str) -> str:
    parts = (text[:start].rstrip(), term, text[end:].lstrip())
    return " ".join(part for part in parts if part)


def _closed(text: str) -> str:
    """``text`` with its last quotes closed, so that what comes behind it stands outside."""
    is_open = len(list(tokens(f"{text} x"))) == len(list(tokens(text)))
    return f'{text}"' if is_open else text


def _as_one(value: str) -> str:
    value = _closed(value.strip())
    parts = list(tokens(f"x:{value}"))
    return value if len(parts) == 1 else quoted(value.replace('"', ""))


def _of_field(text: str, name: str) -> Iterator[Token]:
    for token in tokens(text):
        field = BY_NAME.get((token.field or "").lower())
        if field is not None and field.name == name and not token.is_excluded:
            yield token
