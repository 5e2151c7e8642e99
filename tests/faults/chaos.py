"""A TCP proxy on loopback that treats connections as bad networks do.

Everything is deterministic but the network's own timing: the trouble of each connection is set
beforehand, and cuts come after a number of bytes, not after a time.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType

BLOCK = 64 * 1024
_TICK_SECONDS = 0.05
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 seconds: close() sends RST instead of FIN (socket(7))."""

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one connection meets."""

    latency: float = 0.0
    """Seconds each block waits, in either direction."""
    rate: int | None = None
    """Bytes a second in each direction."""
    cut_up: int | None = None
    """The connection ends once this many bytes came from the client."""
    cut_down: int | None = None
    """The connection ends once this many bytes came from the server."""
    is_reply_lost: bool = False
    """The server is heard out, the client never hears of it: ends at the first byte of a reply."""
    is_half_open: bool = False
    """Accepted, and nothing ever moves."""
    is_refused: bool = False
    """Ends at once."""
    is_reset: bool = False
    """Ends come as RST instead of FIN."""


FINE = Trouble()


@dataclass(slots=True)
class _Pair:
    """A connection and its other half at the server."""

    client: socket.socket
    trouble: Trouble
    server: socket.socket | None = None
    is_over: threading.Event = field(default_factory=threading.Event)

    def end(self) -> None:
        """Close both halves, by RST where the trouble says so."""
        self.is_over.set()
        for one in (self.client, self.server):
            if one is None:
                continue
            with contextlib.suppress(OSError):
                if self.trouble.is_reset:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                # Wakes whoever reads; the socket ends when nobody uses it any more.
                one.shutdown(socket.SHUT_RD if self.trouble.is_reset else socket.SHUT_RDWR)
            one.close()


class ChaosProxy:
    """Forwards ``port`` to ``target`` from ``__enter__`` to ``__exit__``.

    ``plan`` holds the trouble of the next connections, one each; ``usual`` is met after them.
    """

    def __init__(self, target: Address, usual: Trouble = FINE) -> None:
        self.target = target
        self.usual = usual
        self.plan: deque[Trouble] = deque()
        self.connections = 0
        """How many were accepted."""
        self.met: list[Trouble] = []
        """The trouble of each connection that met any."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_TICK_SECONDS)
        self.port: int = self._listener.getsockname()[1]
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._pairs: list[_Pair] = []
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, name="chaos-accept")

    def __enter__(self) -> ChaosProxy:
        self._acceptor.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._acceptor.join()
        self._listener.close()
        self.cut_all()
        for thread in self._threads:
            thread.join()

    def cut_all(self) -> None:
        """End every connection there is."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            pair.end()

    # -- threads --

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            self._take(client)

    def _take(self, client: socket.socket) -> None:
        client.settimeout(None)
        trouble = self.plan.popleft() if self.plan else self.usual
        self.connections += 1
        if trouble != FINE:
            self.met.append(trouble)
        pair = _Pair(client, trouble)
        with self._lock:
            self._pairs.append(pair)
        if trouble.is_refused:
            pair.end()
        elif not trouble.is_half_open:
            self._connect(pair)

    def _connect(self, pair: _Pair) -> None:
        try:
            pair.server = socket.create_connection(self.target, timeout=5)
            pair.server.settimeout(None)
        except OSError:
            pair.end()
            return
        trouble = pair.trouble
        ways = (
            (pair.client, pair.server, trouble.cut_up, False),
            (pair.server, pair.client, trouble.cut_down, trouble.is_reply_lost),
        )
        for source, sink, cut, is_lost in ways:
            pump = _Pump(pair, source, sink, cut, is_lost)
            thread = threading.Thread(target=pump.run, name="chaos-pump")
            self._threads.append(thread)
            thread.start()


class _Pump:
    """Moves bytes one way until it is told to end."""

    def __init__(
        self,
        pair: _Pair,
        source: socket.socket,
        sink: socket.socket,
        cut: int | None,
        is_lost: bool,
    ) -> None:
        self._pair = pair
        self._source = source
        self._sink = sink
        self._left = cut
        self._is_lost = is_lost

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._source.recv(BLOCK):
                if self._is_lost or not self._pass_on(data):
                    break
        self._pair.end()

    def _pass_on(self, data: bytes) -> bool:
        """Send a block on; False when the cut came."""
        trouble = self._pair.trouble
        if trouble.latency:
            self._pair.is_over.wait(trouble.latency)
        if self._left is not None:
            data, is_cut = data[: self._left], len(data) >= self._left
            self._left -= len(data)
        else:
            is_cut = False
        self._send(data)
        return not is_cut

    def _send(self, data: bytes) -> None:
        rate = self._pair.trouble.rate
        if rate is None:
            self._sink.sendall(data)
            return
        step = max(1, int(rate * _TICK_SECONDS))
        for at in range(0, len(data), step):
            self._sink.sendall(data[at : at + step])
            if self._pair.is_over.wait(_TICK_SECONDS):
                return
