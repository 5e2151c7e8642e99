"""One pooled client per process and workspace, and the collections with sound concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pymongo
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from koda_desktop.services.mongodb.faults import mongodb_faults

Bson = dict[str, Any]

SELECT_MS = 5_000
SOCKET_MS = 20_000
WRITE_MS = 10_000


class Deployment(StrEnum):
    """What kind of server answers."""

    STANDALONE = "standalone server"
    REPLICA_SET = "replica set"
    SHARDED = "sharded cluster"


class Connection:
    """A marketplace's database. Connects on first use; every method may raise KodaErrors.

    Acknowledged means durable: writes wait for a majority and the journal, reads of the rules see
    what a majority holds, at the primary: what was written is read back. An address that asks for
    less than that is not followed. A standalone server is its own majority.
    """

    def __init__(self, uri: str, database: str) -> None:
        self._closers: list[Callable[[], None]] = []
        with mongodb_faults():
            self._client: pymongo.MongoClient[Bson] = pymongo.MongoClient(
                uri,
                appname="koda-desktop",
                connect=False,
                connectTimeoutMS=SELECT_MS,
                serverSelectionTimeoutMS=SELECT_MS,
                socketTimeoutMS=SOCKET_MS,
                tz_aware=True,
                datetime_conversion="DATETIME_AUTO",
                maxPoolSize=8,
            )
            self._database: Database[Bson] = self._client.get_database(
                database,
                write_concern=WriteConcern("majority", wtimeout=WRITE_MS, j=True),
                read_concern=ReadConcern("majority"),
                read_preference=ReadPreference.PRIMARY,
            )

    @property
    def database(self) -> Database[Bson]:
        return self._database

    def collection(self, name: str) -> Collection[Bson]:
        return self._database[name]

    def ping(self) -> str:
        """The server's version, once it answered with our credentials accepted."""
        with mongodb_faults():
            self._database.command("ping")
            return str(self._client.server_info()["version"])

    def deployment(self) -> Deployment:
        with mongodb_faults():
            hello = self._client.admin.command("hello")
        if hello.get("msg") == "isdbgrid":
            return Deployment.SHARDED
        return Deployment.REPLICA_SET if "setName" in hello else Deployment.STANDALONE

    def has_transactions(self) -> bool:
        return self.deployment() is not Deployment.STANDALONE

    def denied(self, collection: str, actions: Sequence[str]) -> tuple[str, ...] | None:
        """Those of ``actions`` that our user may not do to a collection; None without a user."""
        with mongodb_faults():
            status = self._client.admin.command("connectionStatus", showPrivileges=True)
        told = status["authInfo"]
        if not told.get("authenticatedUsers"):
            return None
        granted: set[str] = set()
        for one in told.get("authenticatedUserPrivileges", ()):
            if _covers(one["resource"], self._database.name, collection):
                granted.update(one["actions"])
        return tuple(action for action in actions if not {action, "anyAction"} & granted)

    def server_time(self) -> datetime:
        """The server's clock, aware."""
        with mongodb_faults():
            moment: datetime = self._client.admin.command("hello")["localTime"]
        return moment.replace(tzinfo=UTC)

    def start_session(self) -> ClientSession:
        """A session for a cursor that outlives a call. Raises what pymongo raises."""
        return self._client.start_session(causal_consistency=False)

    def on_close(self, closer: Callable[[], None]) -> None:
        """Have ``closer`` called before the connection goes."""
        self._closers.append(closer)

    def close(self) -> None:
        for closer in self._closers:
            closer()
        self._client.close()


def _covers(resource: Mapping[str, Any], database: str, collection: str) -> bool:
    """Whether a privilege's resource takes in a collection: an empty name stands for any.

    The MongoDB manual, "Resource Document".
    """
    if resource.get("anyResource"):
        return True
    place = (resource.get("db"), resource.get("collection"))
    return place[0] in ("", database) and place[1] in ("", collection)
