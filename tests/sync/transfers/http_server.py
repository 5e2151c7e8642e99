"""A small HTTP server of real sockets that stores, answers and fails as it is told."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ERROR = "<?xml version='1.0'?><Error><Code>{}</Code><Message>{}</Message></Error>"


@dataclass
class Script:
    """What the server does with the next requests, and what it saw."""

    status: int = 200
    code: str = ""
    message: str = "no"
    headers: dict[str, str] = field(default_factory=dict)
    data: bytes = b""
    has_ranges: bool = True
    cut_after: int | None = None
    """Bytes of an answer, or of a request, after which the connection is closed."""
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    on_bytes: Callable[[int], None] = lambda _: None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script
    open_sockets: set[socket.socket]

    connections: list[object]

    def setup(self) -> None:
        super().setup()
        self.connections.append(self.client_address)
        self.open_sockets.add(self.connection)

    def finish(self) -> None:
        self.open_sockets.discard(self.connection)
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def do_PUT(self) -> None:
        self._note()
        wanted = int(self.headers["Content-Length"])
        body = b""
        while len(body) < wanted:
            chunk = self.rfile.read(min(65_536, wanted - len(body)))
            if not chunk:
                break
            body += chunk
            self.script.on_bytes(len(body))
            if self.script.cut_after is not None and len(body) >= self.script.cut_after:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
        self.script.bodies.append(body)
        self._answer(b"")

    def do_GET(self) -> None:
        self._note()
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None or not self.script.has_ranges or self.script.status != 200:
            self._answer(self.script.data)
            return
        first, last = int(asked[1]), int(asked[2])
        place = f"bytes {first}-{last}/{len(self.script.data)}"
        self._answer(self.script.data[first : last + 1], 206, {"Content-Range": place})

    def _note(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.script.seen.append((self.command, self.path, headers))

    def _answer(self, data: bytes, status: int = 0, extra: dict[str, str] | None = None) -> None:
        script = self.script
        body = data if script.status < 300 else ERROR.format(script.code, script.message).encode()
        if script.status >= 300 and not script.code:
            body = b""
        self.send_response(status or script.status)
        for name, value in {**script.headers, **(extra or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if script.cut_after is not None and script.status < 300:
            body = body[: script.cut_after]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing on stderr."""


class _Listening(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections cut by either side are what the tests are about."""


class HttpServer:
    """Runs from ``start`` to ``close`` on a free port of this computer.

    With ``chain``, a file of a key and its certificates, it speaks TLS.
    """

    def __init__(self, chain: Path | None = None) -> None:
        self.script = Script()
        self._sockets: set[socket.socket] = set()
        self.connections: list[object] = []
        """The address of each client that connected, in order."""
        members = {
            "script": self.script,
            "open_sockets": self._sockets,
            "connections": self.connections,
        }
        handler = type("Handler", (_Handler,), members)
        self._server = _Listening(("127.0.0.1", 0), handler)
        self._scheme = "https" if chain else "http"
        if chain is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"{self._scheme}://{host!s}:{port}"

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        # Idle keep-alive connections would hold their threads until the client lets go.
        for one in list(self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()
