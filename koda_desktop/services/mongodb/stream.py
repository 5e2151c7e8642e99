"""The change stream of the ``products`` collection: one seller's changes, by long polls.

The cursor is driven by plain commands instead of the driver's ``watch``: one ``getMore`` is one
long poll, an idle poll answers the token to go on from (``postBatchResumeToken``), and a broken
event cannot fail its batch. A cursor that broke is opened anew from the last token, never read on,
since its lost answer may have held events. Sources: the MongoDB manual on change streams, and the
specification "Change Streams" of the drivers.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from typing import Any

from bson import ObjectId, json_util
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from koda_desktop.errors import FeedUnsupported
from koda_desktop.marketplace.api import Change, ChangeBatch
from koda_desktop.services.mongodb.codec import encode_field
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.faults import Broken, lost, open_faults, poll_faults
from koda_desktop.services.mongodb.reading import DOCUMENT_MAX, read_document, too_large

COLLECTION = "products"
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_ENDS = frozenset({"drop", "rename", "dropDatabase", "invalidate"})
"""After one of these the collection is another one, so that nothing follows from what was read."""


class ChangeStream:
    """One open cursor. For one thread at a time.

    ``token`` is where it stands; ``idle_since`` the earliest token after which nothing came.
    """

    def __init__(self, connection: Connection, seller_id: str, token: str | None) -> None:
        self.seller_id = seller_id
        self._seller = encode_field("sellerId", seller_id)
        self._database = connection.database
        with open_faults(token):
            self._session: ClientSession = connection.start_session()
            try:
                self._cursor = self._open(token)
            except BaseException:
                self._session.end_session()
                raise
        if "postBatchResumeToken" not in self._cursor:
            self.close()
            raise FeedUnsupported("The MongoDB server is too old for change streams that resume.")
        self.token = _text(self._cursor["postBatchResumeToken"])
        self.idle_since = self.token if token is None else token

    def stands_at(self, seller_id: str, token: str | None) -> bool:
        """Whether polling this stream is the same as opening one for ``seller_id`` at ``token``."""
        return seller_id == self.seller_id and token in (self.token, self.idle_since)

    def poll(self, wait_seconds: float, limit: int) -> ChangeBatch:
        """What came, waiting up to ``wait_seconds`` for the first event.

        Raises Broken when the cursor cannot be read on, FeedLost, ServerDown or Misconfigured.
        """
        with poll_faults():
            events = self._more(wait_seconds, limit)
        changes = tuple(one for one in map(self._change, events) if one is not None)
        if events:
            self.idle_since = self.token
        return ChangeBatch(changes, self.token)

    def close(self) -> None:
        """End the cursor at the server too, if it can still be told."""
        with contextlib.suppress(PyMongoError):
            command = {"killCursors": COLLECTION, "cursors": [self._cursor["id"]]}
            self._database.command(command, session=self._session)
        with contextlib.suppress(PyMongoError):
            self._session.end_session()

    def _open(self, token: str | None) -> Mapping[str, Any]:
        command = {
            "aggregate": COLLECTION,
            "pipeline": _pipeline(self._seller, token),
            # Opening answers at once; the first events come with the first poll.
            "cursor": {"batchSize": 0},
            "readConcern": {"level": "majority"},
        }
        return self._run(command)

    def _more(self, wait_seconds: float, limit: int) -> list[Mapping[str, Any]]:
        command = {
            "getMore": self._cursor["id"],
            "collection": COLLECTION,
            "batchSize": limit,
            "maxTimeMS": max(1, round(wait_seconds * 1000)),
        }
        cursor = self._run(command)
        self.token = _text(cursor["postBatchResumeToken"])
        return list(cursor["nextBatch"])

    def _run(self, command: dict[str, Any]) -> Mapping[str, Any]:
        answer = self._database.command(command, session=self._session, codec_options=_RAW)
        cursor: Mapping[str, Any] = answer["cursor"]
        return cursor

    def _change(self, event: Mapping[str, Any]) -> Change | None:
        if event["operationType"] in _ENDS:
            raise lost("The listings were moved or deleted as a whole in the database.")
        key = event["documentKey"]["_id"]
        if not isinstance(key, ObjectId):
            return None
        document = None
        if "fullDocument" in event:
            document = read_document(event["fullDocument"].raw)
        elif event["isOwn"]:
            document = too_large(str(key), self.seller_id, event["size"])
        return Change(str(key), document, _text(event["_id"]))


def _text(token: Mapping[str, Any]) -> str:
    """A resume token as text. What is in it is the server's business."""
    return json_util.dumps(dict(token))


def _token(text: str) -> Any:
    try:
        return json_util.loads(text)
    except (ValueError, TypeError, BSONError) as error:
        raise lost("The saved place in the change stream cannot be read.") from error


def _pipeline(seller: Any, token: str | None) -> list[dict[str, Any]]:
    """Our documents whole; ids alone of what was deleted or may have been taken from us.

    Computed before anything is matched: matching would first make one document of each event, and
    an update of a large listing is larger than a document may be.
    """
    start: dict[str, Any] = {"fullDocument": "updateLookup"}
    if token is not None:
        start["resumeAfter"] = _token(token)
    size = {"$bsonSize": "$fullDocument"}
    is_own = {"$eq": ["$fullDocument.sellerId", seller]}
    is_whole = {"$and": [is_own, {"$lte": [size, DOCUMENT_MAX]}]}
    fields = {
        "operationType": 1,
        "documentKey": 1,
        "isOwn": is_own,
        "mayHaveLeft": _may_have_left(),
        "size": {"$cond": [is_own, size, 0]},
        "fullDocument": {"$cond": [is_whole, "$fullDocument", "$$REMOVE"]},
    }
    is_other = {"operationType": {"$nin": ["insert", "update", "replace"]}}
    wanted = {"$or": [is_other, {"isOwn": True}, {"mayHaveLeft": True}]}
    return [{"$changeStream": start}, {"$project": fields}, {"$match": wanted}]


def _may_have_left() -> dict[str, Any]:
    """Whether the owner changed, the whole document did, or it is gone by now."""
    updated = {"$type": "$updateDescription.updatedFields.sellerId"}
    removed = {"$ifNull": ["$updateDescription.removedFields", []]}
    kind = "$operationType"
    is_gone = [{"$eq": [kind, "update"]}, {"$lte": ["$fullDocument", None]}]
    return {
        "$or": [
            {"$ne": [updated, "missing"]},
            {"$in": ["sellerId", removed]},
            {"$eq": [kind, "replace"]},
            {"$and": is_gone},
        ]
    }


class ChangeStreams:
    """Keeps the last stream open between long polls. Safe to call from several threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._kept: ChangeStream | None = None
        self._is_closed = False
        connection.on_close(self.close)

    def poll(
        self, seller_id: str, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        """See ``ports.Products.changes``."""
        stream = self._take(seller_id, token) or ChangeStream(self._connection, seller_id, token)
        if token is None:
            self._keep(stream)
            return ChangeBatch((), stream.token)
        try:
            batch = stream.poll(wait_seconds, limit)
        except Broken:
            stream.close()
            stream, batch = self._poll_anew(seller_id, token, wait_seconds, limit)
        except BaseException:
            stream.close()
            raise
        self._keep(stream)
        return batch

    def close(self) -> None:
        """End the stream that is kept. Safe to call twice."""
        with self._lock:
            self._is_closed = True
            kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def _poll_anew(
        self, seller_id: str, token: str, wait_seconds: float, limit: int
    ) -> tuple[ChangeStream, ChangeBatch]:
        stream = ChangeStream(self._connection, seller_id, token)
        try:
            return stream, stream.poll(wait_seconds, limit)
        except Broken as broken:
            stream.close()
            raise broken.error from broken
        except BaseException:
            stream.close()
            raise

    def _take(self, seller_id: str, token: str | None) -> ChangeStream | None:
        """The kept stream, if it stands where the caller is; another one is closed."""
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None and not kept.stands_at(seller_id, token):
            kept.close()
            return None
        return kept

    def _keep(self, stream: ChangeStream) -> None:
        with self._lock:
            before, self._kept = self._kept, None if self._is_closed else stream
            unwanted = stream if self._is_closed else before
        if unwanted is not None:
            unwanted.close()
