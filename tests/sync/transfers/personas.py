"""The sandbox's object store with the habits of other S3 servers, served inside the test.

A signature is checked over what was sent; only then is something ignored, refused or renamed, as a
server does that knows no better.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import Message, Receive, Scope, Send

from koda_desktop.services.sandbox.objectstore.app import ObjectStoreApp
from koda_desktop.services.sandbox.objectstore.authentication import Authenticator
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.request import S3Request
from koda_desktop.services.sandbox.objectstore.store import Store
from koda_desktop.services.sandbox.state import bindable_socket
from tests.fixtures_servers import REGION, S3Bucket

KEY, SECRET = "PERSONA", "persona-secret"
_HEX = str.maketrans("0123456789abcdef", "ghijklmnopqrstuv")
_PLAIN = str.maketrans("ghijklmnopqrstuv", "0123456789abcdef")
_ETAG = re.compile(r"(?<=<ETag>)[^<]+(?=</ETag>)")


class Persona(StrEnum):
    FAITHFUL = "faithful"
    NO_CHECKSUMS = "ignores x-amz-checksum-*"
    NO_CONDITIONS = "ignores If-None-Match"
    CONDITIONS_501 = "answers 501 to conditional writes"
    OPAQUE_ETAGS = "gives no MD5 ETags"
    NO_LISTING = "refuses to list uploads"
    NO_PARTS_LIST = "neither lists parts nor aborts"
    """As s3rver, which answers 405 to both."""
    BARE = "ignores checksums and conditions, gives no MD5 ETags and lists no uploads"


TRAITS: dict[Persona, set[Persona]] = {
    persona: {persona} for persona in Persona if persona is not Persona.BARE
}
TRAITS[Persona.BARE] = {
    Persona.NO_CHECKSUMS,
    Persona.NO_CONDITIONS,
    Persona.OPAQUE_ETAGS,
    Persona.NO_LISTING,
}


class _Habits(Authenticator):
    """Checks a request as ever, then changes what the store gets to see of it."""

    traits: set[Persona]

    def check(self, request: S3Request, now: datetime) -> None:
        super().check(request, now)
        headers = request.headers
        assert isinstance(headers, MutableMapping)
        is_write = request.method in ("PUT", "POST")
        if Persona.NO_LISTING in self.traits and request.method == "GET" and request.has("uploads"):
            raise S3Error("NotImplemented")
        is_of_parts = request.has("uploadId") and request.method in ("GET", "DELETE")
        if Persona.NO_PARTS_LIST in self.traits and is_of_parts:
            raise S3Error("MethodNotAllowed")
        if Persona.CONDITIONS_501 in self.traits and is_write and "if-none-match" in headers:
            raise S3Error("NotImplemented")
        if Persona.NO_CONDITIONS in self.traits and is_write:
            headers.pop("if-none-match", None)
        if Persona.NO_CHECKSUMS in self.traits:
            for name in [one for one in headers if "checksum" in one]:
                del headers[name]
        if Persona.OPAQUE_ETAGS in self.traits:
            headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
            if "if-match" in headers:
                headers["if-match"] = headers["if-match"].translate(_PLAIN)


class PersonaServer:
    """Runs from ``__init__`` to ``close``. ``answer`` may answer a request instead of the store."""

    def __init__(self, folder: Path, persona: Persona, min_part: int = 1024) -> None:
        self.traits = TRAITS[persona]
        self.answer: Callable[[Scope], tuple[int, bytes, dict[str, str]] | None] = lambda _: None
        self.lie: Callable[[Scope], tuple[int, bytes, dict[str, str]] | None] = lambda _: None
        """As ``answer``, once the store has done its part."""
        self.seen: list[tuple[str, str]] = []
        """(method, path with query but without the signature) of each request, in order."""
        store = Store.open(folder, REGION, min_part)
        self.name = f"persona-{uuid.uuid4().hex[:8]}"
        store.ensure_bucket(self.name)
        habits = _Habits({KEY: SECRET}, REGION)
        object.__setattr__(habits, "traits", self.traits)
        self._app = ObjectStoreApp(store, habits)
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="error",
        )
        self._server = uvicorn.Server(config)
        self._listener = bindable_socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],))
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def bucket(self) -> S3Bucket:
        return S3Bucket(f"http://127.0.0.1:{self.port}", self.name, KEY, SECRET)

    def close(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join()
        with suppress(OSError):
            self._listener.close()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode().partition("&X-Amz")[0]
        self.seen.append((scope["method"], f"{scope['path']}?{query}"))
        scripted = self.answer(scope)
        if scripted is not None:
            await _drained(receive)
            await _scripted(send, *scripted)
            return
        lie = self.lie(scope)
        if lie is not None:
            await self._app(scope, receive, _unheard)
            await _scripted(send, *lie)
            return
        if Persona.OPAQUE_ETAGS in self.traits:
            await self._app(scope, _translated(receive), _Opaque(send))
            return
        await self._app(scope, receive, send)


async def _drained(receive: Receive) -> None:
    while (message := await receive()).get("more_body"):
        assert message["type"] == "http.request"


async def _unheard(_: Message) -> None:
    """Where the true answer goes when the client is told another one."""


async def _scripted(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    given = {"content-length": str(len(body)), "content-type": "application/xml", **headers}
    pairs = [(name.encode(), value.encode()) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def _translated(receive: Receive) -> Receive:
    async def wrapped() -> Message:
        message = await receive()
        body: Any = message.get("body") or b""
        if body.startswith(b"<") and b"<ETag>" in body:
            text = _ETAG.sub(lambda found: found[0].translate(_PLAIN), body.decode())
            message["body"] = text.encode()
        return message

    return wrapped


class _Opaque:
    """Writes ETags, in headers and XML, in letters that no MD5 has; their length stays."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, value.decode().translate(_HEX).encode() if name == b"etag" else value)
                for name, value in message["headers"]
            ]
        elif b"<ETag>" in message.get("body", b""):
            text = message["body"].decode()
            text = _ETAG.sub(lambda found: _renamed(found[0]), text)
            message["body"] = text.encode()
        await self._send(message)


def _renamed(etag: str) -> str:
    return "&quot;".join(part.translate(_HEX) for part in etag.split("&quot;"))
