"""Moving bytes between files and connections, a block at a time."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from isal.isal_zlib import crc32

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.files import disk_fault, disk_faults
from koda_desktop.sync.transfers.answers import lost
from koda_desktop.sync.transfers.carrier import NOWHERE, Span
from koda_desktop.sync.transfers.strides import FIRST, next_stride

if TYPE_CHECKING:
    import http.client

READ_BLOCK = 256 * 1024
"""Bytes read at a time: as much as stays in a processor's cache until they are used."""

Pace = Callable[[int], None]
"""Called with the bytes that just went. May wait, and may raise Cancelled."""

Now = Callable[[], float]
"""Seconds on a clock that never goes back."""


class _Buffers(threading.local):
    """One block of memory for each thread, used again and again."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(READ_BLOCK))


_BUFFERS = _Buffers()


def send_range(sock: socket.socket, path: Path, span: Span, pace: Pace, now: Now) -> None:
    """Send the bytes of a file's span, a stride at a time.

    Where the kernel can, it copies straight from its cache to the connection. Raises LocalFault
    when the file is missing or shorter than that, OSError of the connection as it is.
    """
    with _opened(path) as stream, _sender(sock, stream) as send:
        done, stride, since = 0, FIRST, now()
        while done < span.size:
            sent = send(span.offset + done, min(stride, span.size - done))
            if not sent:
                raise changed()
            done += sent
            pace(sent)
            began, since = since, now()
            stride = next_stride(sent, since - began)


_Sender = Callable[[int, int], int]
"""Sends as many bytes as asked for from an offset, or fewer; answers how many."""


@contextlib.contextmanager
def _sender(sock: socket.socket, stream: BinaryIO) -> Iterator[_Sender]:
    # What goes through TLS is encrypted here and cannot be copied by the kernel.
    if not hasattr(os, "sendfile") or type(sock) is not socket.socket:
        yield lambda offset, size: _written(sock, stream, offset, size)
        return
    target, source = sock.fileno(), stream.fileno()
    with _blocking(sock):
        yield lambda offset, size: _copied(target, source, offset, size)


@contextlib.contextmanager
def _blocking(sock: socket.socket) -> Iterator[None]:
    """Have the kernel itself wait until a whole block went, as long as the timeout says.

    A Python socket with a timeout never blocks: each call would move what is in a buffer and come
    back for the interpreter's lock, which costs twice the processor time.
    """
    seconds = sock.gettimeout() or 0.0
    for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", *_timeval(seconds)))
    sock.settimeout(None)
    try:
        yield
    finally:
        sock.settimeout(seconds or None)


def _timeval(seconds: float) -> tuple[int, int]:
    return int(seconds), int(seconds % 1 * 1_000_000)


def _copied(target: int, source: int, offset: int, size: int) -> int:
    try:
        return os.sendfile(target, source, offset, size)
    except BlockingIOError:
        raise TimeoutError("nothing was taken") from None


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The staged file. What its user raises is left as it is: it may be the connection's."""
    try:
        stream = path.open("rb", buffering=0)
    except FileNotFoundError:
        raise changed("is missing") from None
    except OSError as error:
        raise disk_fault("The staged file could not be read", error) from error
    with stream:
        yield stream


def _written(sock: socket.socket, stream: BinaryIO, offset: int, size: int) -> int:
    sent = 0
    for view in _blocks(stream, offset, size):
        sock.sendall(view)
        sent += len(view)
    return sent


def _blocks(stream: BinaryIO, offset: int, size: int) -> Iterator[memoryview]:
    """The bytes of a range, as far as the file has them; each view is good until the next."""
    view = _BUFFERS.view
    with disk_faults("The staged file could not be read"):
        stream.seek(offset)
    while size:
        with disk_faults("The staged file could not be read"):
            count = stream.readinto(view[: min(size, len(view))])  # type: ignore[attr-defined]
        if not count:
            return
        yield view[:count]
        size -= count


def crc32_of(path: Path, offset: int, size: int) -> str:
    """The CRC-32 of a range in 8 hex digits. Raises LocalFault when the file has it not."""
    crc = 0
    for view in _whole_range(path, offset, size):
        crc = crc32(view, crc)
    return f"{crc:08x}"


def md5_of(path: Path, offset: int, size: int) -> str:
    """The MD5 of a range in hex, as many stores name a part. Raises as ``crc32_of`` does."""
    return sums_of(path, offset, size)[1]


def sums_of(path: Path, offset: int, size: int) -> tuple[str, str]:
    """The CRC-32 and the MD5 of a range, read once. Raises as ``crc32_of`` does."""
    crc, digest = 0, hashlib.md5(usedforsecurity=False)
    for view in _whole_range(path, offset, size):
        crc = crc32(view, crc)
        digest.update(view)
    return f"{crc:08x}", digest.hexdigest()


def _whole_range(path: Path, offset: int, size: int) -> Iterator[memoryview]:
    left = size
    with _opened(path) as stream:
        for view in _blocks(stream, offset, size):
            yield view
            left -= len(view)
    if left:
        raise changed()


class _Room:
    """Where the next bytes go: on through the memory, beyond its end into the thread's block."""

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory
        self._at = 0

    def next(self, most: int = READ_BLOCK) -> memoryview:
        return self._memory[self._at : self._at + min(most, READ_BLOCK)] or _BUFFERS.view[:most]

    def filled(self, count: int) -> memoryview:
        """The first ``count`` bytes of what was ``next``."""
        view = self.next()[:count]
        self._at += count
        return view


def received(
    response: http.client.HTTPResponse,
    sock: socket.socket | None = None,
    memory: memoryview = NOWHERE,
) -> Iterator[memoryview]:
    """The bytes of an answer, in ``memory`` as far as that reaches; a view elsewhere is good until
    the next. Raises ServerDown if cut short.

    With the connection's own socket, the kernel fills whole blocks where it can.
    """
    room = _Room(memory)
    if sock is not None and response.length and _can_wait(sock):
        yield from _filled(response, sock, room)
    while count := response.readinto(room.next()):
        yield room.filled(count)
    if response.length:
        raise lost()


def _can_wait(sock: socket.socket) -> bool:
    # What comes through TLS is decrypted here; Windows has its timeouts in another form.
    return type(sock) is socket.socket and hasattr(os, "sendfile")


def _filled(
    response: http.client.HTTPResponse, sock: socket.socket, room: _Room
) -> Iterator[memoryview]:
    """All but the end of an answer, which is read in the library's way, so that it ends there."""
    # What came along with the headers is in the library's buffer, which is smaller than a block.
    left = len(response.peek())
    while left and (count := response.readinto(room.next(left))):
        left -= count
        yield room.filled(count)
    with _blocking(sock):
        while response.length and response.length > len(view := room.next()):
            count = _filled_block(sock, view)
            response.length -= count
            yield room.filled(count)


def _filled_block(sock: socket.socket, view: memoryview) -> int:
    try:
        count = sock.recv_into(view, len(view), socket.MSG_WAITALL)
    except BlockingIOError:
        raise TimeoutError("nothing came") from None
    if not count:
        raise lost()
    return count


def changed(how: str = "has changed") -> LocalFault:
    """The fault of a staged file that is not what it was."""
    return LocalFault(
        f"The file of this listing {how} on this computer.",
        kept="The listing is kept as it is.",
        remedy="Drop the original file on the window to make a new draft of it.",
    )
