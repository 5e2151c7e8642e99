"""Days, months, years and ages as they are typed, in the person's own time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from koda_desktop.sync.filters.faults import misunderstood
from koda_desktop.sync.filters.spans import Open, Span, read_span
from koda_desktop.sync.filters.tokens import Piece

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z", re.ASCII)
_AGE = re.compile(r"(\d{1,5})([hdwmy])\Z", re.IGNORECASE | re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
_DAYS_BACK = {"today": 0, "yesterday": 1}
_HELP = "Write 2026, 2026-01, 2026-01-31, today, yesterday, or an age such as <7d (h, d, w, m, y)."
_FIRST_YEAR, _LAST_YEAR = 1970, 9998


@dataclass(frozen=True, slots=True)
class Today:
    """The present moment, and whose days are meant; zone None is that of this computer."""

    now: datetime
    zone: tzinfo | None = None

    def start_of(self, year: int, month: int, day: int) -> datetime:
        """Midnight of that day there, in UTC. Raises ValueError for a day that is none."""
        return datetime(year, month, day, tzinfo=self.zone).astimezone(UTC)

    def local(self) -> datetime:
        return self.now.astimezone(self.zone)


def read_moments(piece: Piece, today: Today) -> Open[datetime]:
    """The span of time that ``piece`` means, in UTC. Raises InputError.

    ``<7d`` is younger than seven days, ``>7d`` older, ``7d`` within them.
    """
    if _is_age(piece.text):
        ages = read_span(piece, lambda one: _age(one, today))
        return _of_ages(piece.text, ages, today)
    return read_span(piece, lambda one: _day(one, today))


def _is_age(text: str) -> bool:
    parts = [part.lstrip("<>=") for part in text.split("..")]
    return any(_AGE.match(part) for part in parts)


def _age(piece: Piece, today: Today) -> Span[timedelta]:
    found = _AGE.match(piece.text)
    if found is None:
        raise misunderstood(piece, f"“{piece.text}” is not an age", _HELP)
    age = timedelta(hours=int(found.group(1)) * _HOURS[found.group(2).lower()])
    return age, age


def _of_ages(text: str, ages: Open[timedelta], today: Today) -> Open[datetime]:
    """The younger an age is, the later the moment."""
    youngest, oldest = ages
    if text[0].isdigit() and ".." not in text:
        youngest = None
    return _before(today, oldest), _before(today, youngest)


def _before(today: Today, age: timedelta | None) -> datetime | None:
    if age is None:
        return None
    earliest = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC)
    now = today.now.astimezone(UTC)
    return now - age if now - earliest > age else earliest


def _day(piece: Piece, today: Today) -> Span[datetime]:
    back = _DAYS_BACK.get(piece.text.lower())
    if back is not None:
        day = (today.local() - timedelta(days=back)).date()
        piece = replace(piece, text=day.isoformat())
    found = _DATE.match(piece.text)
    if found is None:
        what = f"“{piece.text}” is not a date" if piece.text else "The date is missing"
        raise misunderstood(piece, what, _HELP)
    year, month, day_ = (int(part) if part else None for part in found.groups())
    try:
        return _span_of(today, year or 0, month, day_)
    except (ValueError, OverflowError, OSError):
        raise misunderstood(piece, f"There is no {piece.text} in the calendar", _HELP) from None


def _span_of(today: Today, year: int, month: int | None, day: int | None) -> Span[datetime]:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(year)
    start = today.start_of(year, month or 1, day or 1)
    if day is not None:
        after = date(year, month or 1, day) + timedelta(days=1)
        return start, today.start_of(after.year, after.month, after.day)
    if month is not None:
        later = (year, month + 1) if month < 12 else (year + 1, 1)
        return start, today.start_of(*later, 1)
    return start, today.start_of(year + 1, 1, 1)
