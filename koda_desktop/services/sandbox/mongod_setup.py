"""Bringing a mongod that has just begun to listen to where it can be used.

Sources: the MongoDB manual on replSetInitiate, replSetReconfig (``force``, for a member whose own
address changed) and the localhost exception, which allows the first user to be made without one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymongo.errors import AutoReconnect, OperationFailure

from koda_desktop.errors import ServerDown
from koda_desktop.services.sandbox.mongo_faults import AUTHENTICATION_FAILED, Client, connected

KEEPER = "koda_keeper"
_PAUSE_SECONDS = 0.02
_ALREADY_INITIATED = 23
_NOT_YET_INITIATED = {94, 10107, 11602}  # still reading its own configuration


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server, and whether there is still one to wait for."""

    seconds: float
    is_running: Callable[[], bool]


def found_server(address: str, replica_set: str | None, password: str, patience: Patience) -> None:
    """First start: make the replica set and the keeper, a user with every right.

    ``address`` is ``host:port``. Raises ServerDown when ``patience`` ends.
    """
    if replica_set:
        with connected(_anonymous(address)) as client:
            _initiate(client, replica_set, address)
    # A client from before the initiation would keep the old picture of the server.
    with connected(_anonymous(address)) as client:
        _until(lambda: _is_writable(client), patience)
        client.admin.command("createUser", KEEPER, pwd=password, roles=["root"])


def rejoin_server(uri: str, address: str, replica_set: str | None, patience: Patience) -> None:
    """Later starts: wait until it is writable, after telling it its address if the port changed.

    The replica set's configuration holds the address it was made with; under another one the
    server does not find itself in it and stays read-only for ever.
    """
    with connected(uri) as client:

        def writable() -> bool:
            if _is_writable(client):
                return True
            if replica_set:
                _correct_address(client, address)
            return False

        _until(writable, patience)


def is_ours(uri: str, data: str, timeout_ms: int) -> bool:
    """Whether the server at ``uri`` knows our password and keeps its data in ``data``.

    SCRAM proves both sides to each other, so another program on the port cannot pretend.
    """
    with connected(uri, timeout_ms) as client:
        try:
            options = client.admin.command("getCmdLineOpts")["parsed"]
        except OperationFailure as error:
            if error.code == AUTHENTICATION_FAILED:
                return False
            raise
    return bool(options.get("storage", {}).get("dbPath") == data)


def _anonymous(address: str) -> str:
    return f"mongodb://{address}/?directConnection=true"


def _initiate(client: Client, replica_set: str, address: str) -> None:
    config = {"_id": replica_set, "members": [{"_id": 0, "host": address}]}
    try:
        client.admin.command("replSetInitiate", config)
    except OperationFailure as error:
        if error.code != _ALREADY_INITIATED:
            raise


def _is_writable(client: Client) -> bool:
    return bool(client.admin.command("hello").get("isWritablePrimary"))


def _correct_address(client: Client, address: str) -> None:
    try:
        config: dict[str, Any] = client.admin.command("replSetGetConfig")["config"]
        member = config["members"][0]
        if member["host"] != address:
            member["host"] = address
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
    except OperationFailure as error:
        if error.code not in _NOT_YET_INITIATED:
            raise


def _until(condition: Callable[[], bool], patience: Patience) -> None:
    end = time.monotonic() + patience.seconds
    while not _holds(condition):
        if not patience.is_running():
            raise ServerDown("The sandbox’s database ended while starting.")
        if time.monotonic() >= end:
            raise ServerDown("The sandbox’s database did not become writable in time.")
        time.sleep(_PAUSE_SECONDS)


def _holds(condition: Callable[[], bool]) -> bool:
    """``condition()``, or False when the server hung up, as it does whenever its role changes."""
    try:
        return condition()
    except AutoReconnect:
        return False
