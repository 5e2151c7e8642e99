"""What an S3 object store's refusals mean, as KodaErrors.

Codes are those of the Amazon S3 API reference, "Error responses"; a server that sends none is
judged by its status.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from koda_desktop.errors import (
    ClockWrong,
    KodaError,
    Misconfigured,
    MissingResource,
    Refused,
    ServerDown,
    TooLarge,
    Unverified,
    WrongCredentials,
)
from koda_desktop.marketplace.api import UploadLost
from koda_desktop.sync.backoff import RETRY_AFTER

BODY_MAX = 64 * 1024
"""Bytes of an error's body that are looked at."""

_CODE = re.compile(r"<Code>\s*([A-Za-z0-9.]+)\s*</Code>")
_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")


class GrantExpired(ServerDown):
    """The presigned URL had lapsed when it was used: a fresh one is asked for."""


class ObjectChanged(Unverified):
    """The object is not the one that was begun with (412 to ``If-Match``)."""

    def __init__(self) -> None:
        super().__init__(
            "The file was replaced in the marketplace while it was being read.",
            kept="Nothing on this computer was changed.",
            remedy="Try again.",
        )


def lost(error: Exception | None = None) -> ServerDown:
    """The fault of a connection that ended before its answer did."""
    facts = {"error": type(error).__name__} if error else {}
    return ServerDown("The connection to the object store was lost.", facts=facts)


def is_slow_down(status: int, body: str) -> bool:
    """Whether the store asks for fewer requests at a time."""
    return status in (429, 503) and _first(_CODE, body) in ("", "SlowDown", "TooManyRequests")


def refusal(status: int, headers: Mapping[str, str], body: str) -> KodaError:
    """The KodaError for an answer that is not a success."""
    code = _first(_CODE, body)
    facts: dict[str, object] = {"status": status, "code": code}
    seconds = headers.get("retry-after", "")
    if seconds.isdecimal():
        facts[RETRY_AFTER] = int(seconds)
    if _has_expired(status, code, _first(_MESSAGE, body)):
        return GrantExpired("The leave to send or read the file had lapsed.", facts=facts)
    make = _BY_CODE.get(code) or _by_status(status)
    return make(facts)


def _first(pattern: re.Pattern[str], body: str) -> str:
    found = pattern.search(body)
    return found.group(1) if found else ""


def _has_expired(status: int, code: str, message: str) -> bool:
    if "Expired" in code:
        return True
    return status in (401, 403) and code in ("", "AccessDenied") and "expired" in message.lower()


Facts = dict[str, object]


def _keys(facts: Facts) -> KodaError:
    return WrongCredentials("The object store refused the keys of this workspace.", facts=facts)


def _denied(facts: Facts) -> KodaError:
    return WrongCredentials("The keys of this workspace may not use this bucket.", facts=facts)


def _clock(facts: Facts) -> KodaError:
    return ClockWrong("The object store says that this computer’s clock is wrong.", facts=facts)


def _bucket(facts: Facts) -> KodaError:
    return MissingResource(
        "The bucket of this workspace does not exist.",
        remedy="Create the bucket, or correct its name in the workspace.",
        facts=facts,
    )


def _object(facts: Facts) -> KodaError:
    return Unverified(
        "The file is not in the marketplace’s storage.",
        kept="Your copy is kept on this computer.",
        remedy="Try again; if it stays so, publish the listing again.",
        facts=facts,
    )


def _upload(facts: Facts) -> KodaError:
    return UploadLost("The object store gave up the upload before it was complete.", facts=facts)


def _address(facts: Facts) -> KodaError:
    return Misconfigured(
        "The object store answers from another address or region.",
        remedy="Correct the endpoint and the region of this workspace.",
        facts=facts,
    )


def _unable(facts: Facts) -> KodaError:
    return Misconfigured(
        "The object store cannot do what Koda relies on: a write that never overwrites "
        "(If-None-Match).",
        remedy="Use an object store with conditional writes, or a newer version of this one.",
        facts=facts,
    )


def _corrupted(facts: Facts) -> KodaError:
    return Unverified(
        "The object store received other bytes than were sent.",
        kept="The file is kept on this computer.",
        remedy="Try again.",
        facts=facts,
    )


def _too_large(facts: Facts) -> KodaError:
    return TooLarge("The object store does not take a file of this size.", facts=facts)


def _later(facts: Facts) -> KodaError:
    return ServerDown(
        f"The object store is not ready (HTTP {facts['status']}).",
        facts=facts,
    )


def _full(facts: Facts) -> KodaError:
    return ServerDown("The object store is full.", facts=facts)


def _other(facts: Facts) -> KodaError:
    named = " ".join(str(part) for part in (facts["status"], facts["code"]) if part)
    return Refused(f"The object store refused the request (HTTP {named}).", facts=facts)


Maker = Callable[[Facts], KodaError]

_BY_CODE: dict[str, Maker] = {
    "SignatureDoesNotMatch": _keys,
    "InvalidAccessKeyId": _keys,
    "InvalidToken": _keys,
    "AccessDenied": _denied,
    "AccountProblem": _denied,
    "RequestTimeTooSkewed": _clock,
    "NoSuchBucket": _bucket,
    "NoSuchKey": _object,
    "NoSuchUpload": _upload,
    "PermanentRedirect": _address,
    "TemporaryRedirect": _address,
    "AuthorizationHeaderMalformed": _address,
    "AuthorizationQueryParametersError": _address,
    "IllegalLocationConstraintException": _address,
    "NotImplemented": _unable,
    "BadDigest": _corrupted,
    "InvalidDigest": _corrupted,
    "XAmzContentSHA256Mismatch": _corrupted,
    "XAmzContentChecksumMismatch": _corrupted,
    "IncompleteBody": _later,
    "RequestTimeout": _later,
    "SlowDown": _later,
    "ServiceUnavailable": _later,
    "InternalError": _later,
    "ConditionalRequestConflict": _later,
    "OperationAborted": _later,
    "EntityTooLarge": _too_large,
}


def _by_status(status: int) -> Maker:
    if status == 507:
        return _full
    if status == 501:
        return _unable
    if status >= 500 or status in (408, 409, 425, 429):
        return _later
    named: dict[int, Maker] = {401: _keys, 403: _denied, 404: _object, 413: _too_large}
    if 300 <= status < 400:
        return _address
    return named.get(status, _other)
