"""pymongo's errors as KodaErrors: the one place that knows both."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bson.errors import BSONError
from pymongo import errors

from koda_desktop.errors import (
    FeedLost,
    FeedUnsupported,
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

_NO_PLACE = {28}
"""PathNotViable: another writer put something else where a receipt would go."""

_NO_SHARD = {61}
"""ShardKeyNotFound: the cluster cannot tell where the document would belong."""

_TRANSIENT = {50, 64, 89, 91, 189, 262, 10107, 11600, 11602, 13435, 13436}
"""Time limits, write-concern time-outs, elections and shut-downs: trying again helps."""


@contextlib.contextmanager
def mongodb_faults() -> Iterator[None]:
    """Raise a KodaError for whatever pymongo raises. No host, user or value is quoted."""
    try:
        yield
    except errors.PyMongoError as error:
        raise translate(error) from error
    except OSError as error:
        # Those of connections are PyMongoErrors; what is left are the files an address names.
        raise Misconfigured(
            "A certificate or key file that the MongoDB address names cannot be used.",
            remedy="Correct tlsCAFile and tlsCertificateKeyFile in the address.",
            facts={"kind": type(error).__name__},
        ) from error
    except (BSONError, OverflowError, UnicodeError, ArithmeticError) as error:
        raise Refused(
            "The listing holds a value that a database cannot store.",
            facts={"kind": type(error).__name__},
        ) from error


def translate(error: errors.PyMongoError) -> KodaError:
    """The KodaError that tells ``error`` to a person."""
    if isinstance(error, errors.ConfigurationError):
        if _WIRE_VERSION in str(error):
            return Misconfigured(
                "The version of this MongoDB server is one that Koda cannot talk to.",
                remedy="Koda needs MongoDB 4.4 or newer; if it is, install a newer Koda.",
            )
        return Misconfigured(
            "The MongoDB address cannot be used.",
            remedy="Check the mongodb:// address of this workspace, its options and its host name.",
        )
    if isinstance(error, errors.OperationFailure):
        return _operation(error)
    if isinstance(error, errors.ServerSelectionTimeoutError):
        return _unreachable(str(error))
    if isinstance(
        error,
        # The last one is a connection that was closed here meanwhile, to be made anew.
        errors.ConnectionFailure | errors.WaitQueueTimeoutError | errors.InvalidOperation,
    ):
        return ServerDown("The MongoDB server does not answer.")
    return Misconfigured(
        "MongoDB answered something unexpected.", facts={"kind": type(error).__name__}
    )


_WIRE_VERSION = "wire version"
_CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"
_HINTS = {
    "SSL handshake failed": "The MongoDB server does not speak TLS as the address asks for.",
    "for replica set name": "No member of the replica set in the MongoDB address answers.",
    "connection closed": "The MongoDB server hangs up. It may want TLS (tls=true in its address).",
}
"""What the driver's reason for reaching nobody begins or ends with, and what that means. It is told
by text alone: the error of a server that was tried is not in the exception.
"""


def _unreachable(reason: str) -> KodaError:
    """Servers that are not there, or not for us; ``reason`` is the driver's, with host names."""
    if _CERTIFICATE in reason:
        return Misconfigured(
            "The MongoDB server’s certificate is not trusted by this computer.",
            remedy="Name the authority’s file in the address (tlsCAFile=…), and the host as the "
            "certificate has it.",
        )
    told = next((what for mark, what in _HINTS.items() if mark in reason), "")
    return ServerDown(told or "The MongoDB server does not answer.")


def _operation(error: errors.OperationFailure) -> KodaError:
    facts = {"mongodb_code": error.code}
    if error.code in _CREDENTIALS:
        return WrongCredentials(
            "MongoDB refused the user or its rights.",
            remedy="Check user, password and roles in the mongodb:// address of this workspace.",
            facts=facts,
        )
    if error.code in _VALIDATION:
        return Refused("The database’s own schema does not accept this listing.", facts=facts)
    if error.code in _NO_PLACE:
        return Refused(
            "The marketplace’s copy of this listing holds something in its field _sync that leaves "
            "no place for Koda’s receipts.",
            remedy="Have that field removed from the document, then try again.",
            facts=facts,
        )
    if error.code in _NO_SHARD:
        return Misconfigured(
            "The listings are spread over a cluster by a field that Koda does not know.",
            remedy="Shard the collection products by _id or by sellerId.",
            facts=facts,
        )
    if error.code in _TRANSIENT or error.has_error_label("RetryableWriteError"):
        return ServerDown("MongoDB could not do it just now.", facts=facts)
    return Misconfigured(
        "MongoDB refused the request.",
        remedy="Run `koda doctor`; the server’s code is in the log.",
        facts=facts,
    )


_NO_RIGHT = 13
_NO_STREAMS = {59, 115, 136, 238, 303, 40324, 40573}
"""CommandNotFound, CommandNotSupported, (DocumentDB: not switched on), NotImplemented,
FeatureNotSupported, an unknown stage, and "only supported on replica sets"."""

_STREAM_ENDED = {280, 286, 10334}
"""ChangeStreamFatalError, ChangeStreamHistoryLost, and an event larger than a document may be."""


class Broken(Exception):
    """An open change stream cannot be read on; one opened anew may. ``error`` is for people."""

    def __init__(self, error: KodaError) -> None:
        super().__init__(error.what)
        self.error = error


def lost(what: str, code: int | None = None) -> FeedLost:
    """The change stream cannot go on; everything is compared instead."""
    return FeedLost(
        what,
        kept="Nothing is lost: Koda compares all listings with the marketplace and goes on.",
        facts={"mongodb_code": code},
    )


@contextlib.contextmanager
def open_faults(token: str | None) -> Iterator[None]:
    """For opening a change stream. A ``token`` the server does not accept, for whatever reason, is
    a lost one: without it the same request is tried again and says what else is wrong.
    """
    try:
        yield
    except errors.OperationFailure as error:
        if error.code == _NO_RIGHT:
            raise FeedUnsupported(
                "This database user may not watch the listings for changes.",
                kept="Koda asks for changes page by page instead.",
                remedy="Grant the action changeStream to see changes at once.",
                facts={"mongodb_code": error.code},
            ) from error
        if error.code in _NO_STREAMS:
            raise FeedUnsupported(
                "This MongoDB server has no change streams.",
                kept="Koda asks for changes page by page instead.",
                remedy="Run it as a replica set, of one member at least, to see changes at once.",
                facts={"mongodb_code": error.code},
            ) from error
        told = translate(error)
        if token is not None and type(told) is Misconfigured:
            raise lost("The database no longer knows what changed since.", error.code) from error
        raise told from error
    except errors.PyMongoError as error:
        raise translate(error) from error


@contextlib.contextmanager
def poll_faults() -> Iterator[None]:
    """For reading an open change stream. Raises FeedLost, or Broken for anything that may pass."""
    try:
        yield
    except errors.OperationFailure as error:
        if error.code in _STREAM_ENDED:
            raise lost("The database no longer knows what changed since.", error.code) from error
        raise Broken(translate(error)) from error
    except errors.PyMongoError as error:
        raise Broken(translate(error)) from error
