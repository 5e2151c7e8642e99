"""The fake marketplace and its bucket behind one HTTP server, for processes that are killed."""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from koda_desktop.errors import ServerDown
from koda_desktop.marketplace.api import (
    Account,
    Actor,
    Change,
    ChangeBatch,
    Cursor,
    DownloadGrant,
    Edit,
    EditAnswer,
    EditResult,
    FileFacts,
    Gate,
    Json,
    OpenUpload,
    Page,
    PartFacts,
    PartGrant,
    PartsUpload,
    ReadBack,
    Receipt,
    RegisterRequest,
    SnapshotPage,
    Stamp,
    StampPage,
    StoredPart,
    StoredPreview,
    UploadGrant,
    UploadRequest,
)
from koda_desktop.marketplace.revising import ReviseRequest
from koda_desktop.sync.transfers.carrier import PutResult
from tests.sync.fake_marketplace import FakeMarketplace, Server


class RemoteMarketplace:
    """``Marketplace`` over HTTP, as far as the engine needs it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def _call(self, name: str, *arguments: Any) -> Any:
        request = urllib.request.Request(
            f"{self._url}/call/{name}", json.dumps(arguments).encode(), method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except (urllib.error.URLError, OSError) as error:
            raise ServerDown("The marketplace does not answer.") from error

    def account(self, actor: Actor) -> Account:
        raise NotImplementedError

    def gates(self, actor: Actor) -> tuple[Gate, ...]:
        return ()

    def request_upload(self, actor: Actor, request: UploadRequest) -> UploadGrant:
        grant = UploadGrant(**self._call("request_upload", asdict(request)))
        return replace(grant, url=f"{self._url}/{grant.key}")

    def begin_parts(self, actor: Actor, request: UploadRequest) -> PartsUpload | None:
        answer = self._call("begin_parts", asdict(request))
        return parts_upload(answer) if answer else None

    def sign_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[PartFacts]
    ) -> tuple[PartGrant, ...]:
        grants = self._call("sign_parts", asdict(upload), [asdict(one) for one in parts])
        return tuple(self._reached(PartGrant(**grant)) for grant in grants)

    def _reached(self, grant: PartGrant) -> PartGrant:
        _, upload_id, number = grant.url.split(":")
        return replace(grant, url=f"{self._url}/part/{upload_id}/{number}")

    def stored_parts(self, actor: Actor, upload: PartsUpload) -> tuple[StoredPart, ...] | None:
        answer = self._call("stored_parts", asdict(upload))
        return None if answer is None else tuple(StoredPart(**one) for one in answer)

    def complete_parts(
        self, actor: Actor, upload: PartsUpload, parts: Sequence[StoredPart]
    ) -> bool:
        listed = [asdict(one) for one in parts]
        return bool(self._call("complete_parts", asdict(upload), listed))

    def abort_parts(self, actor: Actor, upload: PartsUpload | OpenUpload) -> None:
        self._call("abort_parts", {"key": upload.key, "upload_id": upload.upload_id})

    def part_checksums(self, actor: Actor, listing_id: str) -> tuple[StoredPart, ...]:
        return tuple(StoredPart(**one) for one in self._call("part_checksums", listing_id))

    def open_uploads(self, actor: Actor, listing_id: str) -> tuple[OpenUpload, ...]:
        return tuple(OpenUpload(**one) for one in self._call("open_uploads", listing_id))

    def register(self, actor: Actor, request: RegisterRequest) -> Json:
        return dict(self._call("register", asdict(request)))

    def revise(self, actor: Actor, request: ReviseRequest) -> EditAnswer:
        answer = self._call("revise", asdict(request))
        moved = tuple(answer["moved"])
        return EditAnswer(EditResult(answer["result"]), answer["document"], moved)

    def push(self, actor: Actor, edits: Sequence[Edit]) -> tuple[EditAnswer, ...]:
        answers = self._call("push", [asdict(one) for one in edits])
        return tuple(
            EditAnswer(EditResult(one["result"]), one["document"], tuple(one["moved"]))
            for one in answers
        )

    def read_back(self, actor: Actor, listing_id: str) -> ReadBack:
        answer = self._call("read_back", listing_id)
        grant = DownloadGrant(**answer["download"])
        document = answer["document"]
        preview = DownloadGrant(**answer["preview"]) if answer["preview"] else None
        if preview is not None:
            preview = replace(preview, url=f"{self._url}/{document['previewImageUrl']}")
        grant = replace(grant, url=f"{self._url}/{document['fileUrl']}")
        return ReadBack(document, grant, preview)

    def listings(self, actor: Actor, after: Cursor | None, limit: int) -> Page:
        page = self._call("listings", asdict(after) if after else None, limit)
        cursor = Cursor(**page["cursor"]) if page["cursor"] else None
        return Page(page["documents"], cursor, page["has_more"])

    def changes(
        self, actor: Actor, token: str | None, wait_seconds: float, limit: int
    ) -> ChangeBatch:
        batch = self._call("changes", token, wait_seconds, limit)
        return ChangeBatch(tuple(Change(**one) for one in batch["events"]), batch["token"])

    def stamps(self, actor: Actor, after_id: str | None, limit: int, device_id: str) -> StampPage:
        page = self._call("stamps", after_id, limit, device_id)
        return StampPage([Stamp(*one) for one in page["stamps"]], page["has_more"])

    def fetch(self, actor: Actor, listing_ids: Sequence[str]) -> tuple[Json, ...]:
        return tuple(self._call("fetch", list(listing_ids)))

    def snapshot(self, actor: Actor, after_id: str | None, limit: int) -> SnapshotPage:
        return SnapshotPage(**self._call("snapshot", after_id, limit))

    def latest_sequence(self, actor: Actor, device_id: str) -> int | None:
        answer: int | None = self._call("latest_sequence", device_id)
        return answer


def parts_upload(content: Json) -> PartsUpload:
    return PartsUpload(**{**content, "file": FileFacts(**content["file"])})


class _Handler(BaseHTTPRequestHandler):
    server_model: Server
    actor: Actor

    def do_POST(self) -> None:
        name = self.path.rpartition("/")[2]
        arguments = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = getattr(self, f"_{name}")(FakeMarketplace(self.server_model), *arguments)
        self._send(200, json.dumps(answer).encode())

    def do_PUT(self) -> None:
        wanted = int(self.headers["Content-Length"])
        data = self.rfile.read(wanted)
        if len(data) < wanted:
            return
        if self.path.startswith("/part/"):
            self._put_part(data)
        else:
            media_type = self.headers["Content-Type"]
            result = self.server_model.store(self.path[1:], data, media_type)
            self._send(200 if result is PutResult.STORED else 412, b"")

    def _put_part(self, data: bytes) -> None:
        upload_id, _, number = self.path.removeprefix("/part/").partition("/")
        checksum = self.headers["x-koda-crc32"]
        etag = self.server_model.store_part(upload_id, int(number), data, checksum)
        self._send(200 if etag else 404, b"", ETag=f'"{etag}"')

    def do_GET(self) -> None:
        key = self.path[1:]
        data, etag = self.server_model.objects[key], self.server_model.bucket.etag(key)
        if self.headers.get("If-Match", etag).strip('"') != etag:
            self._send(412, b"")
            return
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None:
            self._send(200, data, ETag=f'"{etag}"')
            return
        first, last = int(asked[1]), int(asked[2])
        place = f"bytes {first}-{min(last, len(data) - 1)}/{len(data)}"
        self._send(206, data[first : last + 1], ETag=f'"{etag}"', **{"Content-Range": place})

    def _request_upload(self, marketplace: FakeMarketplace, request: Json) -> Json:
        file = FileFacts(**request["file"])
        wanted = UploadRequest(request["listing_id"], file)
        return asdict(marketplace.request_upload(self.actor, wanted))

    def _begin_parts(self, marketplace: FakeMarketplace, request: Json) -> Json | None:
        wanted = UploadRequest(**{**request, "file": FileFacts(**request["file"])})
        upload = marketplace.begin_parts(self.actor, wanted)
        return asdict(upload) if upload else None

    def _sign_parts(
        self, marketplace: FakeMarketplace, upload: Json, parts: list[Json]
    ) -> list[Json]:
        facts = [PartFacts(**one) for one in parts]
        grants = marketplace.sign_parts(self.actor, parts_upload(upload), facts)
        return [asdict(grant) for grant in grants]

    def _stored_parts(self, marketplace: FakeMarketplace, upload: Json) -> list[Json] | None:
        parts = marketplace.stored_parts(self.actor, parts_upload(upload))
        return None if parts is None else [asdict(part) for part in parts]

    def _complete_parts(
        self, marketplace: FakeMarketplace, upload: Json, parts: list[Json]
    ) -> bool:
        stored = [StoredPart(**one) for one in parts]
        return marketplace.complete_parts(self.actor, parts_upload(upload), stored)

    def _abort_parts(self, marketplace: FakeMarketplace, upload: Json) -> None:
        marketplace.abort_parts(self.actor, OpenUpload(**upload))

    def _part_checksums(self, market: FakeMarketplace, listing_id: str) -> Any:
        return [asdict(one) for one in market.part_checksums(self.actor, listing_id)]

    def _open_uploads(self, marketplace: FakeMarketplace, listing_id: str) -> list[Json]:
        return [asdict(one) for one in marketplace.open_uploads(self.actor, listing_id)]

    def _register(self, marketplace: FakeMarketplace, request: Json) -> Json:
        given = {**request, "file": FileFacts(**request["file"])}
        given["receipt"] = Receipt(**request["receipt"])
        preview = request["preview"]
        if preview:
            given["preview"] = StoredPreview(FileFacts(**preview["file"]), preview["key"])
        return marketplace.register(self.actor, RegisterRequest(**given))

    def _revise(self, marketplace: FakeMarketplace, request: Json) -> Json:
        file, receipt = FileFacts(**request["file"]), Receipt(**request["receipt"])
        wanted = ReviseRequest(**{**request, "file": file, "receipt": receipt})
        return asdict(marketplace.revise(self.actor, wanted))

    def _push(self, marketplace: FakeMarketplace, edits: list[Json]) -> list[Json]:
        wanted = [Edit(**{**one, "receipt": Receipt(**one["receipt"])}) for one in edits]
        return [asdict(one) for one in marketplace.push(self.actor, wanted)]

    def _read_back(self, marketplace: FakeMarketplace, listing_id: str) -> Json:
        return asdict(marketplace.read_back(self.actor, listing_id))

    def _listings(self, marketplace: FakeMarketplace, after: Json | None, limit: int) -> Json:
        cursor = Cursor(**after) if after else None
        return asdict(marketplace.listings(self.actor, cursor, limit))

    def _changes(self, marketplace: FakeMarketplace, *arguments: Any) -> Json:
        return asdict(marketplace.changes(self.actor, *arguments))

    def _stamps(self, marketplace: FakeMarketplace, *arguments: Any) -> Json:
        return asdict(marketplace.stamps(self.actor, *arguments))

    def _fetch(self, marketplace: FakeMarketplace, listing_ids: list[str]) -> list[Json]:
        return list(marketplace.fetch(self.actor, listing_ids))

    def _snapshot(self, marketplace: FakeMarketplace, *arguments: Any) -> Json:
        return asdict(marketplace.snapshot(self.actor, *arguments))

    def _latest_sequence(self, marketplace: FakeMarketplace, device_id: str) -> int | None:
        return marketplace.latest_sequence(self.actor, device_id)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing on stderr."""


class _Listening(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A killed client's broken connection is what the test is about."""


class Wire:
    """Serves ``server`` from ``__init__`` to ``close``."""

    def __init__(self, server: Server, actor: Actor) -> None:
        handler = type("Handler", (_Handler,), {"server_model": server, "actor": actor})
        self._listening = _Listening(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._listening.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._listening.server_address[1]}"

    def close(self) -> None:
        self._listening.shutdown()
        self._listening.server_close()
        self._thread.join()
