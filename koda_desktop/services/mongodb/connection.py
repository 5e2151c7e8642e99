"""One pooled client per process and workspace, and the collections with sound concerns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pymongo
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from koda_desktop.services.mongodb.faults import mongodb_faults

Bson = dict[str, Any]

SELECT_MS = 5_000
SOCKET_MS = 20_000
WRITE_MS = 10_000


class Connection:
    """A marketplace's database. Connects on first use; every method may raise KodaErrors.

    Acknowledged means durable: writes wait for a majority and the journal, reads of the rules see
    what a majority holds. A standalone server is its own majority.
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

    def is_replica_set(self) -> bool:
        """Whether the server offers transactions and change streams."""
        with mongodb_faults():
            hello = self._client.admin.command("hello")
        return "setName" in hello or hello.get("msg") == "isdbgrid"

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
