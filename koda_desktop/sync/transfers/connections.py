"""Connections to object stores over http.client: kept while idle, closed when in doubt.

The standard library's client is used because it lets a file go out by ``sendfile`` and lets an
answer be read into memory that is used again; the reasons and figures are in docs/decisions/0012.
Nothing raised here shows a URL: its query is a signature.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from koda_desktop.errors import Cancelled, KodaError, Misconfigured, ServerDown
from koda_desktop.runtime.clock import Clock
from koda_desktop.sync.transfers.answers import lost

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 60.0
"""How long a connection may move nothing."""

IDLE_SECONDS = 4.0
"""Servers close idle connections after 5 seconds or more; one that is older is not used again."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")

Send = Callable[[socket.socket], None]
"""Writes a request's body to the connection."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a URL leads: what must be equal for a connection to be used again, and the path."""

    scheme: str
    host: str
    port: int | None
    proxy: str
    path: str

    @property
    def place(self) -> tuple[str, str, int | None, str]:
        return self.scheme, self.host, self.port, self.proxy

    @property
    def proxy_headers(self) -> dict[str, str]:
        """What a proxy that reads the request itself is told; through a tunnel it reads none."""
        return _proxy_headers(self.proxy) if self.proxy and self.scheme == "http" else {}

    @classmethod
    def of(cls, url: str) -> _Target:
        """Raises ValueError for what is no http URL."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError("not an http URL")
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        proxy = _proxy(parts.scheme, host)
        if proxy and parts.scheme == "http":
            path = url
        return cls(parts.scheme, host, parts.port, proxy, path)


class Connections:
    """Makes requests. Safe to use from several threads; a connection serves one at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: dict[object, list[tuple[float, http.client.HTTPConnection]]] = {}
        self._busy: set[http.client.HTTPConnection] = set()
        self._is_closed = False
        self._context: ssl.SSLContext | None = None

    @contextlib.contextmanager
    def request(
        self, method: str, url: str, headers: Mapping[str, str], send: Send | None = None
    ) -> Iterator[tuple[http.client.HTTPResponse, socket.socket | None]]:
        """Send a request and yield its answer, whatever its status, and the connection's socket
        unless the other side is to close it.

        Raises ServerDown when the other side is not there or goes away, Misconfigured for an
        address, proxy or certificate that cannot be used, Cancelled once closed, and what ``send``
        raises.
        """
        with _faults():
            target = _Target.of(url)
            connection = self._take(target)
            response = None
            try:
                given = {**headers, **target.proxy_headers}
                response = _exchange(connection, method, target.path, given, send)
                yield response, connection.sock
            finally:
                if response is not None and response.isclosed() and not response.will_close:
                    self._give_back(target, connection)
                else:
                    connection.close()
                with self._lock:
                    self._busy.discard(connection)

    def close(self) -> None:
        """Close what is idle and end what is under way, which raises ServerDown there."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, {}
            busy = [connection.sock for connection in self._busy]
        for kept in idle.values():
            for _, connection in kept:
                connection.close()
        for sock in busy:
            if sock is not None:
                # Of the plain socket below TLS: the other thread goes on reading its state.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _take(self, target: _Target) -> http.client.HTTPConnection:
        """An idle connection to that place that is still sound, or a new one."""
        connection = self._idle_one(target) or self._connect(target)
        with self._lock:
            if not self._is_closed:
                self._busy.add(connection)
                return connection
        connection.close()
        raise Cancelled("Stopped.")

    def _idle_one(self, target: _Target) -> http.client.HTTPConnection | None:
        while True:
            with self._lock:
                kept = self._idle.get(target.place)
                found = kept.pop() if kept else None
            if found is None:
                return None
            since, connection = found
            if self._clock.monotonic() - since < IDLE_SECONDS and _is_quiet(connection.sock):
                return connection
            connection.close()

    def _give_back(self, target: _Target, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if not self._is_closed:
                kept = self._idle.setdefault(target.place, [])
                kept.append((self._clock.monotonic(), connection))
                return
        connection.close()

    def _connect(self, target: _Target) -> http.client.HTTPConnection:
        connection = self._made(target)
        try:
            connection.connect()
        except (TimeoutError, ConnectionError, socket.gaierror) as error:
            facts = {"error": type(error).__name__}
            raise ServerDown("The object store cannot be reached.", facts=facts) from None
        connection.sock.settimeout(SILENCE_SECONDS)
        return connection

    def _made(self, target: _Target) -> http.client.HTTPConnection:
        host, port = target.host, target.port
        proxy = urlsplit(target.proxy)
        if target.proxy:
            host, port = proxy.hostname or "", proxy.port
        if target.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        made = http.client.HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=self._tls())
        if target.proxy:
            made.set_tunnel(target.host, target.port, _proxy_headers(target.proxy))
        return made

    def _tls(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = _context()
            return self._context


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: Mapping[str, str],
    send: Send | None,
) -> http.client.HTTPResponse:
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    if send is not None:
        try:
            send(connection.sock)
        except ConnectionError:
            # The other side may have refused before it had read everything.
            with contextlib.suppress(OSError, http.client.HTTPException):
                return connection.getresponse()
            raise
    return connection.getresponse()


def _is_quiet(sock: socket.socket | None) -> bool:
    """Whether an idle connection has nothing to read: neither bytes nor its end."""
    if sock is None:
        return False
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock, select.POLLIN | select.POLLHUP | select.POLLERR)
        return not poll.poll(0)
    return not select.select([sock], [], [], 0)[0]


def _context() -> ssl.SSLContext:
    """Trusts what this computer trusts, as a company's own authority, and the public ones."""
    context = ssl.create_default_context()
    with contextlib.suppress(ImportError):
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def _proxy(scheme: str, host: str) -> str:
    """The proxy the system asks for; none for this computer's own addresses."""
    if host in _LOOPBACK or proxy_bypass(host):
        return ""
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all") or ""
    if proxy and urlsplit(proxy).scheme != "http":
        raise ValueError("not an http proxy")
    return proxy


def _proxy_headers(proxy: str) -> dict[str, str]:
    parts = urlsplit(proxy)
    if not parts.username:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


@contextlib.contextmanager
def _faults() -> Iterator[None]:
    """Turn the library's errors into KodaErrors. They are not chained: they may hold the URL."""
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise Misconfigured(
            "The object store’s certificate is not trusted by this computer.",
            remedy="Check the endpoint’s address; ask its operator for a valid certificate.",
        ) from None
    except (http.client.InvalidURL, ValueError) as error:
        raise _misconfigured(error) from None
    except (OSError, http.client.HTTPException) as error:
        raise lost(error) from None


def _misconfigured(error: Exception) -> KodaError:
    return Misconfigured(
        "The object store’s address, or the proxy to it, cannot be used.",
        remedy="Check the endpoint of this workspace and the proxy of this computer.",
        facts={"error": type(error).__name__},
    )
