"""The proxy does what it says, and leaves nothing behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from time import monotonic, sleep

import pytest

from tests.faults.chaos import FINE, ChaosProxy, Trouble


class Echo:
    """Sends back what it gets; counts what came."""

    def __init__(self) -> None:
        self.got = bytearray()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        self._threads = [threading.Thread(target=self._accept, name="echo")]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), name="echo-one")
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(65_536):
                    self.got += data
                    connection.sendall(data)
            except OSError:
                return

    def heard(self, count: int) -> bytes:
        """What came, once it is ``count`` bytes or ten seconds have passed."""
        deadline = monotonic() + 10
        while len(self.got) < count and monotonic() < deadline:
            sleep(0.005)
        return bytes(self.got)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[ChaosProxy]:
    with ChaosProxy(echo.address) as proxy:
        yield proxy


def talk(proxy: ChaosProxy, data: bytes) -> bytes:
    """Send ``data`` and read until the connection ends or all of it came back."""
    back = bytearray()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        client.sendall(data)
        while len(back) < len(data) and (got := client.recv(65_536)):
            back += got
    return bytes(back)


def test_without_trouble_everything_passes(proxy: ChaosProxy) -> None:
    data = bytes(range(256)) * 1_000
    assert talk(proxy, data) == data
    assert (proxy.connections, proxy.met) == (1, [])


def test_a_cut_of_the_answer_comes_after_so_many_bytes(proxy: ChaosProxy) -> None:
    proxy.plan.append(Trouble(cut_down=1_000))
    assert talk(proxy, b"x" * 5_000) == b"x" * 1_000
    assert talk(proxy, b"y" * 5_000) == b"y" * 5_000


def test_a_cut_of_the_request_reaches_the_server_so_far(proxy: ChaosProxy, echo: Echo) -> None:
    proxy.plan.append(Trouble(cut_up=100))
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        client.sendall(b"x" * 300)
        while client.recv(1_000):
            pass
    assert echo.heard(100) == b"x" * 100


def test_a_lost_reply_was_heard_by_the_server(proxy: ChaosProxy, echo: Echo) -> None:
    proxy.plan.append(Trouble(is_reply_lost=True))
    assert talk(proxy, b"commit") == b""
    assert echo.heard(6) == b"commit"


def test_a_reset_is_a_reset(proxy: ChaosProxy) -> None:
    proxy.plan.append(Trouble(cut_down=1, is_reset=True))
    with pytest.raises(ConnectionResetError):
        talk(proxy, b"x" * 10)


def test_a_half_open_connection_stays_silent(proxy: ChaosProxy) -> None:
    proxy.plan.append(Trouble(is_half_open=True))
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=0.2) as client:
        client.sendall(b"hello?")
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_a_refused_connection_ends_at_once(proxy: ChaosProxy) -> None:
    proxy.plan += [Trouble(is_refused=True), FINE]
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        assert client.recv(1) == b""
    assert talk(proxy, b"a") == b"a"


def test_latency_and_rate_take_time(proxy: ChaosProxy) -> None:
    proxy.plan.append(Trouble(latency=0.05, rate=20_000))
    began = monotonic()
    assert talk(proxy, b"x" * 4_000) == b"x" * 4_000
    assert monotonic() - began >= 0.3


def test_a_server_that_is_gone_ends_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with ChaosProxy(address) as proxy:
        assert talk(proxy, b"") == b""
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
            assert client.recv(1) == b""
