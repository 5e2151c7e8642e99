"""Runs the shapes over a text: what is known by its looks, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator

from koda_desktop.workflows.secrets.library import library_hits
from koda_desktop.workflows.secrets.placeholders import is_placeholder_token
from koda_desktop.workflows.secrets.shapes import RANK_VENDOR, RANK_WRITTEN, Hit, Shape
from koda_desktop.workflows.secrets.vendors_ai import AI_SHAPES
from koda_desktop.workflows.secrets.vendors_apps import APP_SHAPES
from koda_desktop.workflows.secrets.vendors_cloud import CLOUD_SHAPES
from koda_desktop.workflows.secrets.vendors_shops import SHOP_SHAPES
from koda_desktop.workflows.secrets.webhooks import WEBHOOK_SHAPES
from koda_desktop.workflows.secrets.written import CARRIED_SHAPES, FREE_SHAPES, WRITTEN_SHAPES

VENDOR_SHAPES = APP_SHAPES + SHOP_SHAPES + CLOUD_SHAPES + WEBHOOK_SHAPES + AI_SHAPES
"""None of these holds a blank."""

_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")


def shape_hits(text: str, words: str) -> Iterator[Hit]:
    """Every token of known shape in ``text``, whose long words are ``words``."""
    for shape in VENDOR_SHAPES:
        yield from _anchored(shape, text, RANK_VENDOR, words)
    for shape in WRITTEN_SHAPES:
        yield from _anchored(shape, text, RANK_VENDOR, text)
    for shape in CARRIED_SHAPES:
        yield from _anchored(shape, text, RANK_WRITTEN, text)
    marked: dict[str, str] = {"": words}
    for shape in FREE_SHAPES:
        if shape.mark not in marked:
            marked[shape.mark] = _with_mark(shape.mark, words)
        yield from _free(shape, text, marked[shape.mark])
    yield from library_hits(text, words)


def _anchored(shape: Shape, text: str, rank: int, words: str) -> Iterator[Hit]:
    for needle in shape.needles:
        if needle not in words:
            continue
        position = text.find(needle)
        while position >= 0:
            start = position - shape.back
            match = shape.pattern.match(text, start) if start >= 0 else None
            if match and begins_a_token(text, start):
                group = 1 if match.re.groups else 0
                if _is_real(shape, match[group]):
                    yield Hit(*match.span(group), shape.kind, shape.shown, rank)
                position = text.find(needle, max(match.end(), position + 1))
            else:
                position = text.find(needle, position + 1)


def _with_mark(mark: str, words: str) -> str:
    return "\n".join([word for word in words.split("\n") if mark in word])


def _free(shape: Shape, text: str, words: str) -> Iterator[Hit]:
    if shape.needles and not any(needle in text for needle in shape.needles):
        return
    if not shape.pattern.search(words):
        return
    for match in shape.pattern.finditer(text):
        group = 1 if match.re.groups else 0
        if _is_real(shape, match[group]):
            yield Hit(*match.span(group), shape.kind, shape.shown, RANK_VENDOR)


def _is_real(shape: Shape, value: str) -> bool:
    if shape.check:
        return shape.check(value)
    return not is_placeholder_token(value)


def begins_a_token(text: str, start: int) -> bool:
    """Whether a token may begin at ``start``: after no letter or digit, unless those escape.

    ``\\n`` and ``\\t`` inside code and ``%3D`` inside an address are one character each.
    """
    if start == 0 or not text[start - 1].isalnum() or not text[start].isalnum():
        return True
    if text[start - 1] in "nrt" and text[start - 2 : start - 1] == "\\":
        return True
    return text[start - 3 : start - 2] == "%" and set(text[start - 2 : start]) <= _HEX_DIGITS
