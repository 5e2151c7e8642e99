"""A loopback server for benchmarks that speaks enough S3 and costs as little as it can.

``transfer_sink.py FILE`` prints its port and serves any bucket: parts and objects that are PUT are
counted and dropped, every GET and HEAD is answered from FILE. ``GET /_bytes`` tells what moved
in each direction, and the processor's seconds that took.
"""

from __future__ import annotations

import itertools
import re
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ETAG = '"0123456789abcdef0123456789abcdef-1"'
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass
class Upload:
    parts: dict[int, tuple[int, str]] = field(default_factory=dict)


@dataclass
class State:
    """What was stored, and the bytes that moved in each direction."""

    path: Path
    size: int
    up: int = 0
    down: int = 0
    uploads: dict[str, Upload] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    numbers: itertools.count[int] = field(default_factory=itertools.count)


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


class Connection:
    """One client's requests, one after the other."""

    def __init__(self, sock: socket.socket, state: State) -> None:
        self._sock = sock
        self._state = state
        self._buffer = bytearray(1 << 18)
        self._view = memoryview(self._buffer)
        self._rest = b""

    def serve(self) -> None:
        with self._sock:
            while (request := self._read()) is not None:
                self._answer(request)

    def _read(self) -> Request | None:
        head = self._rest
        while b"\r\n\r\n" not in head:
            block = self._sock.recv(1 << 16)
            if not block:
                return None
            head += block
        text, _, self._rest = head.partition(b"\r\n\r\n")
        first, *lines = text.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        url = urlsplit(target)
        return Request(method, url.path, parse_qs(url.query, keep_blank_values=True), headers)

    def _drop_body(self, request: Request) -> int:
        """Receive a body without looking at it; its length."""
        if "100-continue" in request.headers.get("expect", ""):
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = int(request.headers.get("content-length", "0"))
        left = length - len(self._rest)
        self._state.up += min(length, len(self._rest))
        self._rest = b""
        while left > 0:
            count = self._sock.recv_into(self._view, min(left, len(self._buffer)))
            if not count:
                return -1
            self._state.up += count
            left -= count
        return length

    def _answer(self, request: Request) -> None:
        if request.path == "/_bytes":
            self._say(f"{self._state.up} {self._state.down} {time.process_time()}".encode())
        elif request.method in ("PUT", "POST"):
            self._store(request)
        elif request.method == "DELETE":
            self._say(b"", 204)
        elif "uploadId" in request.query:
            self._list_parts(request)
        elif "uploads" in request.query:
            self._say(b"<ListMultipartUploadsResult></ListMultipartUploadsResult>")
        elif "list-type" in request.query:
            self._list(request)
        else:
            self._send_file(request)

    def _store(self, request: Request) -> None:
        length = self._drop_body(request)
        if length < 0:
            return
        query, state = request.query, self._state
        if "uploads" in query:
            name = f"upload-{next(state.numbers)}"
            state.uploads[name] = Upload()
            self._xml("InitiateMultipartUploadResult", f"<UploadId>{name}</UploadId>")
        elif request.method == "POST":
            state.uploads.pop(query["uploadId"][0], None)
            state.stored.add(request.path)
            self._xml("CompleteMultipartUploadResult", f"<ETag>{ETAG}</ETag>")
        else:
            echo = f"ETag: {ETAG}\r\n"
            if "uploadId" in query:
                checksum = request.headers.get("x-amz-checksum-crc32", "")
                upload = state.uploads.setdefault(query["uploadId"][0], Upload())
                upload.parts[int(query["partNumber"][0])] = (length, checksum)
                echo += f"x-amz-checksum-crc32: {checksum}\r\n" if checksum else ""
            self._say(b"", headers=echo)

    def _list_parts(self, request: Request) -> None:
        upload = self._state.uploads.get(request.query["uploadId"][0])
        if upload is None:
            self._say(b"<Error><Code>NoSuchUpload</Code></Error>", 404)
            return
        most = int(request.query.get("max-parts", ["1000"])[0])
        listed = sorted(upload.parts.items())[:most]
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><Size>{size}</Size><ETag>{ETAG}</ETag>"
            f"<ChecksumCRC32>{checksum}</ChecksumCRC32></Part>"
            for number, (size, checksum) in listed
        )
        is_cut = "true" if len(listed) < len(upload.parts) else "false"
        kind = "<ChecksumType>FULL_OBJECT</ChecksumType>"
        self._xml("ListPartsResult", f"<IsTruncated>{is_cut}</IsTruncated>{kind}{parts}")

    def _list(self, request: Request) -> None:
        key = request.query.get("prefix", ["file"])[0]
        self._xml(
            "ListBucketResult",
            f"<KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>{key}</Key>"
            f"<Size>{self._state.size}</Size><ETag>{ETAG}</ETag>"
            "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>",
        )

    def _send_file(self, request: Request) -> None:
        state = self._state
        is_ours = request.path.startswith("/up/")
        if is_ours and request.path not in state.stored:
            self._say(b"", 404)
            return
        found = _RANGE.match(request.headers.get("range", ""))
        first = int(found[1]) if found else 0
        last = int(found[2]) if found and found[2] else state.size - 1
        length = min(last, state.size - 1) - first + 1
        place = f"Content-Range: bytes {first}-{first + length - 1}/{state.size}\r\n"
        head = (
            f"HTTP/1.1 {206 if found else 200} OK\r\nContent-Length: {length}\r\n"
            f"ETag: {ETAG}\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
            f"Accept-Ranges: bytes\r\n{place if found else ''}\r\n"
        )
        self._sock.sendall(head.encode())
        if request.method == "HEAD":
            return
        with state.path.open("rb") as stream:
            while length:
                count = self._sock.sendfile(stream, first, min(length, 1 << 20))
                state.down += count
                first, length = first + count, length - count

    def _xml(self, root: str, inner: str) -> None:
        name = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
        self._say(f"<?xml version='1.0'?><{root} {name}>{inner}</{root}>".encode())

    def _say(self, body: bytes, status: int = 200, headers: str = "") -> None:
        head = f"HTTP/1.1 {status} OK\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        self._sock.sendall(head.encode() + body)


def main() -> None:
    path = Path(sys.argv[1])
    state = State(path, path.stat().st_size)
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(listener.getsockname()[1], flush=True)
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=_served, args=(sock, state), daemon=True).start()


def _served(sock: socket.socket, state: State) -> None:
    try:
        Connection(sock, state).serve()
    except OSError:
        return  # a client that was killed


if __name__ == "__main__":
    main()
