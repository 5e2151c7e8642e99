"""A listing's fields as the texts of a row, and back.

What is exported and read back unchanged is the same text, whatever the document holds: it is
compared before it is understood. A blank cell says nothing; ``\\clear`` empties a field, and a text
that looks like that word gets a backslash more.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from koda_desktop.models.money import MoneyError, parse_amount, quick_minor, to_web_number
from koda_desktop.models.vocabulary import Category, Platform
from koda_desktop.sync.exchange.columns import FIELDS, Column, Reading
from koda_desktop.sync.exchange.html_text import html_to_text
from koda_desktop.sync.rows import Json
from koda_desktop.tables.values import as_text, split_list
from koda_desktop.tables.writing import Cell

CLEAR = "\\clear"

_CLEAR_LIKE = re.compile(r"\\+clear\Z")
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}(?: .*)?"
    r"|(?:\d{1,4}[-. ]{1,2})?"
    r"(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)"
    r"[a-zä.]*(?:[-. ]{1,2}\d{1,4})?",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\D*\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d*)?\D*")
_YES = {"true", "yes", "1", "wahr", "ja", "vrai", "oui", "verdadero", "sí", "vero", "sì"}
_NO = {"false", "no", "0", "falsch", "nein", "faux", "non", "falso"}
_ON_SALE = {"active", "published", *_YES}
_OFF_SALE = {"draft", "archived", "unpublished", "unlisted", *_NO}

_MANGLED = "A spreadsheet turned this into a date. Format the cell as text and write it again."
_GROUPING = (
    "Write the price without thousands separators, for example 1234.50: “{}” could be two prices."
)


class CellError(ValueError):
    """What is wrong with a cell, in one sentence."""


def texts_of(
    document: Mapping[str, Any], fields: Mapping[Column, str] = FIELDS
) -> dict[Column, str]:
    """The texts of ``fields``; empty for one that the document lacks."""
    # Most values are plain texts, and there are hundreds of thousands of them in an import.
    return {
        column: value
        if type(value := document.get(field)) is str and value[:1] != "\\"
        else _text(value)
        for column, field in fields.items()
    }


def typed(column: Column, document: Mapping[str, Any], text: str) -> Cell:
    """The cell to be written: numbers, yes and no and lists as such, anything else as text."""
    value: Any = document.get(FIELDS[column])
    is_typed = (
        (column is Column.PRICE and quick_minor(value) is not None)
        or (column is Column.ACTIVE and isinstance(value, bool))
        or (column is Column.TAGS and isinstance(value, list) and as_text(value) == text)
    )
    return value if is_typed else text


def row_hash(texts: Mapping[Column, str]) -> str:
    """A mark of all fields as they are, 16 hex digits: another one means that they changed."""
    whole = "\x1f".join(map(texts.__getitem__, FIELDS))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _text(value: object) -> str:
    text = value if type(value) is str else as_text(value)
    return "\\" + text if text[:1] == "\\" and _CLEAR_LIKE.match(text) else text


def prepared(text: str, reading: Reading) -> str:
    """A cell of another shop as one of ours. Raises CellError."""
    if reading is Reading.AS_IS or not text.strip():
        return text
    if reading is Reading.HTML:
        return html_to_text(text)
    if reading is Reading.CENTS:
        return _euros(text)
    return _on_sale(text)


def _euros(text: str) -> str:
    if not text.strip().isascii() or not text.strip().isdigit():
        raise CellError("Write the price in whole cents, for example 999.")
    cents = text.strip().zfill(3)
    return f"{cents[:-2]}.{cents[-2:]}"


def _on_sale(text: str) -> str:
    word = text.strip().casefold()
    if word in _ON_SALE:
        return "true"
    if word in _OFF_SALE:
        return "false"
    raise CellError(f"“{text.strip()[:40]}” is neither active nor draft.")


def parse(column: Column, text: str) -> Any:
    """The value of a cell that is not blank, as the web application stores it. Raises CellError."""
    if "clear" in text:
        if text.strip() == CLEAR:
            return _emptied(column)
        if _CLEAR_LIKE.match(text):
            text = text[1:]
    return _PARSERS[column](text)


def _emptied(column: Column) -> Any:
    if column is Column.TAGS:
        return []
    if column in (Column.PREVIEW_IMAGE_URL, Column.METADATA, Column.ARCHIVED_AT):
        return None
    raise CellError(f"A listing needs its {column.value}: it cannot be emptied.")


def _price(text: str) -> int | float:
    if _DATE.fullmatch(text.strip()):
        raise CellError(_MANGLED)
    if _GROUPED.fullmatch(text.strip()):
        raise CellError(_GROUPING.format(text.strip()[:40]))
    try:
        return to_web_number(parse_amount(text))
    except MoneyError as error:
        raise CellError(str(error)) from None


def _version(text: str) -> str:
    if _DATE.fullmatch(text.strip()):
        raise CellError(_MANGLED)
    return text.strip()


def _active(text: str) -> bool:
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise CellError("Say yes or no.")
    return word in _YES


def _metadata(text: str) -> Json:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CellError("Only a JSON object can be kept here.")
    return found


def _one_of(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda text: words.get(text.strip().casefold(), text.strip())


_PARSERS: Mapping[Column, Callable[[str], Any]] = {
    Column.TITLE: str,
    Column.DESCRIPTION: str,
    Column.PRICE: _price,
    Column.CATEGORY: _one_of({one.value.casefold(): one.value for one in Category}),
    Column.TAGS: split_list,
    Column.PLATFORM: _one_of({one.value.casefold(): one.value for one in Platform}),
    Column.VERSION: _version,
    Column.ACTIVE: _active,
    Column.PREVIEW_IMAGE_URL: str.strip,
    Column.METADATA: _metadata,
    Column.ARCHIVED_AT: str.strip,
}


def check_currency(text: str) -> str:
    """What is wrong with the currency of a row; empty for euros and blanks."""
    word = text.strip().upper()
    return "" if word in ("", "EUR", "€") else f"Prices are in euros; “{word[:10]}” is not known."


def check_id(text: str) -> str:
    """What is wrong with an id, whether a listing has it or not."""
    if re.fullmatch(r"[0-9a-f]{24}", text):
        return ""
    if re.fullmatch(r"\d[.,]?\d*[eE]\+?\d+|\d{15,}(?:\.0*)?", text):
        return "A spreadsheet turned this id into a number. Take the id from a new export."
    return "This is not an id. Leave it empty for a new listing."
