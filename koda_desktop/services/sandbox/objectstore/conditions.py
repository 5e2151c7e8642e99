"""If-Match, If-None-Match, If-Modified-Since, If-Range and Range.

Order and meaning follow RFC 9110, sections 13 and 14; what a write accepts follows "Conditional
requests" of the S3 user guide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from koda_desktop.services.sandbox.objectstore.buckets import Condition
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.sealed import ObjectInfo

_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from ``start`` up to, not including, ``end``."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


def write_condition(headers: Mapping[str, str]) -> Condition:
    """The check a PUT or a completion makes against the object that is there, if any.

    Raises NotImplemented for an If-None-Match other than ``*``, as S3 does.
    """
    if_match, if_none_match = headers.get("if-match"), headers.get("if-none-match")
    if if_none_match not in (None, "*"):
        raise S3Error("NotImplemented", "If-None-Match accepts only * on writes.")

    def check(stored: ObjectInfo | None) -> None:
        if if_none_match and stored is not None:
            raise S3Error("PreconditionFailed", Condition="If-None-Match")
        if if_match is not None and stored is None:
            raise S3Error("NoSuchKey")
        if if_match is not None and stored is not None and not _listed(if_match, stored.etag):
            raise S3Error("PreconditionFailed", Condition="If-Match")

    return check


def check_read(headers: Mapping[str, str], info: ObjectInfo) -> None:
    """Raise PreconditionFailed or NotModified as RFC 9110, section 13.2.2 orders them."""
    if "if-match" in headers:
        if not _listed(headers["if-match"], info.etag):
            raise S3Error("PreconditionFailed", Condition="If-Match")
    elif _is_newer(info, headers.get("if-unmodified-since")) is True:
        raise S3Error("PreconditionFailed", Condition="If-Unmodified-Since")
    if "if-none-match" in headers:
        if _listed(headers["if-none-match"], info.etag):
            raise S3Error("NotModified")
    elif _is_newer(info, headers.get("if-modified-since")) is False:
        raise S3Error("NotModified")


def requested_span(headers: Mapping[str, str], info: ObjectInfo) -> Span | None:
    """The single range asked for, or None for the whole object. Raises InvalidRange.

    Several ranges, other units and an If-Range that no longer holds mean the whole object.
    """
    match = _RANGE.match(headers.get("range", "").replace(" ", ""))
    if match is None or match.group(1, 2) == ("", "") or not _range_holds(headers, info):
        return None
    first, last = match.group(1, 2)
    if not first:
        start, end = max(0, info.size - int(last)), info.size
    else:
        start, end = int(first), min(int(last) + 1 if last else info.size, info.size)
        if last and int(last) < start:
            return None
    if start >= info.size or start >= end:
        raise S3Error(
            "InvalidRange", RangeRequested=headers["range"], ActualObjectSize=str(info.size)
        )
    return Span(start, end)


def http_date(modified_ms: int) -> str:
    return format_datetime(datetime.fromtimestamp(modified_ms // 1000, UTC), usegmt=True)


def _range_holds(headers: Mapping[str, str], info: ObjectInfo) -> bool:
    validator = headers.get("if-range")
    if validator is None:
        return True
    if validator.startswith(('"', "W/")):
        return validator == f'"{info.etag}"'
    return validator == http_date(info.modified_ms)


def _listed(header: str, etag: str) -> bool:
    if header.strip() == "*":
        return True
    return etag in {item.strip().removeprefix("W/").strip('"') for item in header.split(",")}


def _is_newer(info: ObjectInfo, date: str | None) -> bool | None:
    """Whether the object changed after ``date``; None without a date that can be read."""
    if date is None:
        return None
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return info.modified_ms // 1000 > moment.replace(tzinfo=UTC).timestamp()
