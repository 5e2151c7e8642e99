"""Whatever the network does, who quits does not wait for it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from koda_desktop.errors import Cancelled, KodaError, ServerDown
from koda_desktop.marketplace.api import DownloadGrant, PartGrant
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.transfers.carrier import Span
from koda_desktop.sync.transfers.http import HttpCarrier
from tests.sync.transfers.test_http import SIGNED

SIZE = 64 * 1024 * 1024


class Silent:
    """Takes connections and neither reads nor answers."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.accepted = threading.Event()
        self._clients: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._clients.append(self._listener.accept()[0])
                self.accepted.set()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for client in self._clients:
            client.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent()
    yield server
    server.close()


def put(carrier: HttpCarrier, url: str, file: Path) -> object:
    grant = PartGrant(1, url + SIGNED, {}, "")
    return carrier.put_part(grant, file, Span(0, SIZE), CancelToken())


def get(carrier: HttpCarrier, url: str, _: Path) -> object:
    grant = DownloadGrant(url + SIGNED, "", SIZE, "0" * 64, "f.json")
    return carrier.fetch(grant, Span(0, 5), "", lambda _: None, CancelToken())


@pytest.mark.parametrize("call", [put, get])
def test_closing_ends_a_call_to_a_silent_server(
    silent: Silent, tmp_path: Path, call: Callable[[HttpCarrier, str, Path], object]
) -> None:
    file = tmp_path / "staged"
    with file.open("wb") as stream:
        stream.truncate(SIZE)
    carrier, faults = HttpCarrier(), list[KodaError]()

    def run() -> None:
        try:
            call(carrier, silent.url, file)
        except KodaError as error:
            faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert silent.accepted.wait(30)
    carrier.close()
    # The connection itself would give up after a minute.
    thread.join(30)
    assert not thread.is_alive()
    [fault] = faults
    assert isinstance(fault, ServerDown | Cancelled)


def test_after_closing_nothing_is_carried(silent: Silent, tmp_path: Path) -> None:
    carrier = HttpCarrier()
    carrier.close()
    with pytest.raises(Cancelled):
        get(carrier, silent.url, tmp_path)
    assert not silent.accepted.is_set()
