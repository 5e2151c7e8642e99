"""pymongo's errors as KodaErrors: the one place that knows both."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bson.errors import BSONError
from pymongo import errors

from koda_desktop.errors import (
    KodaError,
    Misconfigured,
    Refused,
    ServerDown,
    WrongCredentials,
)

_CREDENTIALS = {11, 13, 18, 8000}
"""UserNotFound, Unauthorized, AuthenticationFailed, and Atlas's own refusal."""

_VALIDATION = {121}
"""DocumentValidationFailure: the collection's schema refused the document."""

_TRANSIENT = {50, 64, 89, 91, 189, 262, 10107, 11600, 11602, 13435, 13436}
"""Time limits, write-concern time-outs, elections and shut-downs: trying again helps."""


@contextlib.contextmanager
def mongodb_faults() -> Iterator[None]:
    """Raise a KodaError for whatever pymongo raises. No host, user or value is quoted."""
    try:
        yield
    except errors.PyMongoError as error:
        raise translate(error) from error
    except (BSONError, OverflowError, UnicodeError, ArithmeticError) as error:
        raise Refused(
            "The listing holds a value that a database cannot store.",
            facts={"kind": type(error).__name__},
        ) from error


def translate(error: errors.PyMongoError) -> KodaError:
    """The KodaError that tells ``error`` to a person."""
    if isinstance(error, errors.ConfigurationError):
        return Misconfigured(
            "The MongoDB address cannot be used.",
            remedy="Check the mongodb:// address of this workspace, its options and its host name.",
        )
    if isinstance(error, errors.OperationFailure):
        return _operation(error)
    if isinstance(error, errors.ConnectionFailure | errors.WaitQueueTimeoutError):
        return ServerDown("The MongoDB server does not answer.")
    return Misconfigured(
        "MongoDB answered something unexpected.", facts={"kind": type(error).__name__}
    )


def _operation(error: errors.OperationFailure) -> KodaError:
    facts = {"mongodb_code": error.code}
    if error.code in _CREDENTIALS:
        return WrongCredentials(
            "MongoDB refused the user or its rights.",
            remedy="Check user, password and roles in the mongodb:// address of this workspace.",
            facts=facts,
        )
    if error.code in _VALIDATION:
        return Refused("The database's own schema does not accept this listing.", facts=facts)
    if error.code in _TRANSIENT or error.has_error_label("RetryableWriteError"):
        return ServerDown("MongoDB could not do it just now.", facts=facts)
    return Misconfigured(
        "MongoDB refused the request.",
        remedy="Run `koda doctor`; the server's code is in the log.",
        facts=facts,
    )
