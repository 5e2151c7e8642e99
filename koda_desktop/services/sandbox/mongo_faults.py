"""pymongo's errors against the sandbox's own server, as KodaErrors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pymongo
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from koda_desktop.errors import LocalFault, ServerDown, WrongCredentials

AUTHENTICATION_FAILED = 18
_UNAUTHORIZED = 13
_TIMEOUT_MS = 5000

Client = pymongo.MongoClient[dict[str, Any]]


@contextlib.contextmanager
def mongo_faults(what: str) -> Iterator[None]:
    """Turn pymongo's errors into KodaErrors. ``what`` begins the sentence that is shown."""
    try:
        yield
    except OperationFailure as error:
        if error.code in (AUTHENTICATION_FAILED, _UNAUTHORIZED):
            raise WrongCredentials(
                f"{what}: the database does not accept the sandbox’s password.",
                remedy="Put credentials.json back, or delete the sandbox’s folder to start anew.",
            ) from error
        raise LocalFault(f"{what}: the database refused.", facts={"code": error.code}) from error
    except ConnectionFailure as error:
        raise ServerDown(f"{what}: the database does not answer.") from error
    except PyMongoError as error:
        raise LocalFault(f"{what}.", facts={"error": type(error).__name__}) from error


@contextlib.contextmanager
def connected(uri: str, timeout_ms: int | None = None) -> Iterator[Client]:
    """A client for a short errand; it and its threads are gone afterwards."""
    limit = _TIMEOUT_MS if timeout_ms is None else timeout_ms
    client: Client = pymongo.MongoClient(
        uri, serverSelectionTimeoutMS=limit, connectTimeoutMS=limit
    )
    try:
        yield client
    finally:
        client.close()
