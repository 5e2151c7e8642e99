"""How figures, sizes and times are written for people."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, QLocale

_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_SYMBOLS = {"EUR": "€"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def locale() -> QLocale:
    """The person's locale; where none is set, British English, which our own words are in."""
    found = QLocale()
    if found.language() is QLocale.Language.C:
        return QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
    return found


def money(minor: int, currency: str = "EUR") -> str:
    """``minor`` units (cents) as an amount in the person's locale, for example ``€9.99``.

    A negative one has a minus, where some locales would put it in brackets.
    """
    sign = "\u2212" if minor < 0 else ""
    return sign + _amount(abs(minor), currency, 2)


def round_money(minor: int, currency: str = "EUR") -> str:
    """As ``money``, without cents where there are none: for the marks of an axis."""
    sign = "\u2212" if minor < 0 else ""
    return sign + _amount(abs(minor), currency, 2 if minor % 100 else 0)


def _amount(minor: int, currency: str, places: int) -> str:
    symbol = _SYMBOLS.get(currency, currency + " ")
    return locale().toCurrencyString(minor / 100, symbol, places)


def plain_amount(minor: int) -> str:
    """``minor`` units as a bare number, as a price field shows it: ``9.99``."""
    plain = locale()
    plain.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return plain.toString(minor / 100, "f", 2)


def count(number: int) -> str:
    """A whole number with the locale's groups: ``4,812``."""
    return locale().toString(number)


def counted(number: int, one: str, many: str = "") -> str:
    """``1 file``, ``3 files``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """A number of bytes in powers of 1000, as people count them: ``14.2 KB``."""
    if number < 1000:
        return counted(number, "byte")
    value, power = number / 1000, 1
    while value >= 999.5 and power < len(_UNITS) - 1:
        value, power = value / 1000, power + 1
    unit = _UNITS[power]
    return f"{locale().toString(value, 'f', 1 if value < 99.95 else 0)} {unit}"


def speed(bytes_per_second: float) -> str:
    return f"{size(round(bytes_per_second))}/s"


def duration(seconds: float) -> str:
    """A time still to wait, coarse on purpose: ``12 s``, ``4 min``, ``2 h 5 min``."""
    whole = max(1, round(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{round(whole / _MINUTE)} min"
    hours, rest = divmod(whole, _HOUR)
    return f"{hours} h {rest // _MINUTE} min"


def moment(text: str) -> datetime | None:
    """The moment in an ISO 8601 ``text``; None where there is none to be read."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def ago(text: str | None, now: datetime) -> str:
    """How long before ``now`` the ISO 8601 ``text`` lies, in the words of a list."""
    then = moment(text or "")
    if then is None:
        return ""
    seconds = (now - then).total_seconds()
    if seconds < _MINUTE:
        return "Just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min ago"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h ago"
    return _day(then, now)


def _day(then: datetime, now: datetime) -> str:
    days = (now.astimezone().date() - then.astimezone().date()).days
    if days <= 1:
        return "Yesterday"
    if days < 7:
        return f"{days} days ago"
    pattern = "d MMM" if then.year == now.year else "d MMM yyyy"
    return locale().toString(_local(then), pattern)


def exactly(text: str | None) -> str:
    """The moment in the person's own zone and format, for tool tips."""
    then = moment(text or "")
    if then is None:
        return ""
    return locale().toString(_local(then), "d MMM yyyy, HH:mm")


def _local(then: datetime) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(int(then.timestamp() * 1000))
