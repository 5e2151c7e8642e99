"""The ``aws-chunked`` body: payload chunks with lengths in hex, then trailing headers.

Source: "Authenticating requests: transferring a payload in multiple chunks" of the S3 API
reference. Only the unsigned form with trailers is read, the one SDKs choose over TLS.
"""

from __future__ import annotations

from koda_desktop.services.sandbox.objectstore.errors import S3Error

_LINE_LIMIT = 4096
_TRAILER_LIMIT = 16 * 1024


class ChunkedDecoder:
    """Takes the encoded bytes in any pieces and gives back the payload."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._left = 0  # payload bytes of the current chunk still to come
        self._after_chunk = False  # a CRLF is due before the next length
        self._in_trailers = False
        self._finished = False
        self.trailers: dict[str, str] = {}

    def feed(self, data: bytes) -> bytes:
        """The payload in ``data``. Raises InvalidRequest for anything malformed."""
        self._buffer += data
        payload = bytearray()
        while self._step(payload):
            pass
        return bytes(payload)

    def finish(self) -> None:
        """Raise IncompleteBody unless the last chunk and the end of the trailers were seen."""
        if not self._finished or self._buffer:
            raise S3Error("IncompleteBody")

    def _step(self, payload: bytearray) -> bool:
        if self._finished:
            return False
        if self._left:
            return self._take_payload(payload)
        line = self._line()
        if line is None:
            return False
        self._take_line(line)
        return True

    def _take_payload(self, payload: bytearray) -> bool:
        piece = self._buffer[: self._left]
        del self._buffer[: len(piece)]
        payload += piece
        self._left -= len(piece)
        self._after_chunk = self._left == 0
        return bool(piece)

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > _LINE_LIMIT:
                raise _malformed()
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _take_line(self, line: bytes) -> None:
        if self._after_chunk:
            if line:
                raise _malformed()
            self._after_chunk = False
        elif self._in_trailers:
            self._take_trailer(line)
        else:
            self._left = _length(line)
            self._in_trailers = self._left == 0

    def _take_trailer(self, line: bytes) -> None:
        if not line:
            self._finished = True
            return
        name, separator, value = line.decode("latin-1").partition(":")
        if not separator or len(self.trailers) * _LINE_LIMIT > _TRAILER_LIMIT:
            raise _malformed()
        self.trailers[name.strip().lower()] = value.strip()


def _length(line: bytes) -> int:
    digits = line.split(b";", 1)[0]
    if not digits or len(digits) > 16 or digits.strip(b"0123456789abcdefABCDEF"):
        raise _malformed()
    return int(digits, 16)


def _malformed() -> S3Error:
    return S3Error("InvalidRequest", "The aws-chunked body is malformed.")
