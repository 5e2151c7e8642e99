"""Moving bytes between files and connections, a block at a time."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.files import disk_fault, disk_faults
from koda_desktop.sync.transfers.answers import lost

if TYPE_CHECKING:
    import http.client

BLOCK = 1024 * 1024
"""Bytes sent between two looks at the cancel token."""

READ_BLOCK = 256 * 1024
"""Bytes read at a time: as much as stays in a processor's cache until they are used."""

Pace = Callable[[int], None]
"""Called with the bytes that just went. May wait, and may raise Cancelled."""


class _Buffers(threading.local):
    """One block of memory for each thread, used again and again."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(READ_BLOCK))


_BUFFERS = _Buffers()


def send_range(sock: socket.socket, path: Path, offset: int, size: int, pace: Pace) -> None:
    """Send ``size`` bytes of the file from ``offset``.

    Where the kernel can, it copies straight from its cache to the connection. Raises LocalFault
    when the file is missing or shorter than that, OSError of the connection as it is.
    """
    with _opened(path) as stream:
        # What goes through TLS is encrypted here and cannot be copied by the kernel.
        can_copy = hasattr(os, "sendfile") and type(sock) is socket.socket
        send = _copied if can_copy else _written
        done = 0
        while done < size:
            sent = send(sock, stream, offset + done, min(BLOCK, size - done))
            if not sent:
                raise changed()
            done += sent
            pace(sent)


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


def _copied(sock: socket.socket, stream: BinaryIO, offset: int, size: int) -> int:
    return sock.sendfile(stream, offset, size)


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
    return _summed(path, offset, size, None)


def md5_of(path: Path, offset: int, size: int) -> str:
    """The MD5 of a range in hex, as many stores name a part. Raises as ``crc32_of`` does."""
    digest = hashlib.md5(usedforsecurity=False)
    _summed(path, offset, size, digest.update)
    return digest.hexdigest()


def _summed(path: Path, offset: int, size: int, update: Callable[[memoryview], None] | None) -> str:
    crc, left = 0, size
    with _opened(path) as stream:
        for view in _blocks(stream, offset, size):
            if update is None:
                crc = zlib.crc32(view, crc)
            else:
                update(view)
            left -= len(view)
    if left:
        raise changed()
    return f"{crc:08x}"


def received(response: http.client.HTTPResponse) -> Iterator[memoryview]:
    """The bytes of an answer; each view is good until the next. Raises ServerDown if cut short."""
    view = _BUFFERS.view
    while count := response.readinto(view):
        yield view[:count]
    if response.length:
        raise lost()


def changed(how: str = "has changed") -> LocalFault:
    """The fault of a staged file that is not what it was."""
    return LocalFault(
        f"The file of this listing {how} on this computer.",
        kept="The listing is kept as it is.",
        remedy="Drop the original file on the window to make a new draft of it.",
    )
