"""Encrypted connections and the proxies of a company's network, over real sockets."""

from __future__ import annotations

import base64
import contextlib
import datetime
import ipaddress
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from koda_desktop.errors import Misconfigured, ServerDown
from koda_desktop.marketplace.api import DownloadGrant, PartGrant
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.transfers import connections
from koda_desktop.sync.transfers.carrier import Span
from koda_desktop.sync.transfers.http import HttpCarrier
from tests.sync.transfers.http_server import HttpServer
from tests.sync.transfers.test_http import SIGNED, assert_no_secret

DATA = bytes(range(256)) * 20_000


class Authority:
    """An authority of this test alone, and the certificate of a server it vouches for."""

    def __init__(self, folder: Path, *names: x509.GeneralName) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("Koda test authority")
        self.root = folder / "root.pem"
        certificate = self._signed(self._name, self._key.public_key(), is_authority=True)
        self.root.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = self._signed(_named("server"), key.public_key(), *names, is_authority=False)
        self.chain = folder / "server.pem"
        self.chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + leaf.public_bytes(serialization.Encoding.PEM)
        )

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        *names: x509.GeneralName,
        is_authority: bool,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        if names:
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return made.sign(self._key, hashes.SHA256())


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Tunnel:
    """An HTTP proxy that knows CONNECT, and forwards whatever else names a whole URL.

    Every name leads to ``target``, so that hosts can be asked for that do not exist.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.seen: list[str] = []
        """The first line of each request, and its Proxy-Authorization."""
        self.refuses = False
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._run)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(client,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(self._target)
        self._open += [client, server]
        with client, server, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1)
            lines = head.decode().split("\r\n")
            secret = [one for one in lines if one.lower().startswith("proxy-authorization:")]
            self.seen.append(" ".join([lines[0], *secret]))
            if self.refuses:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return
            if lines[0].startswith("CONNECT"):
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                server.sendall(head)
            _joined(client, server)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


def _joined(one: socket.socket, other: socket.socket) -> None:
    while True:
        for source in select.select([one, other], [], [])[0]:
            data = source.recv(65_536)
            if not data:
                return
            (other if source is one else one).sendall(data)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    names = (x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("files.example"))
    return Authority(tmp_path, *names)


@pytest.fixture
def server(authority: Authority) -> Iterator[HttpServer]:
    server = HttpServer(authority.chain)
    server.script.data = DATA
    yield server
    server.close()


@pytest.fixture
def plain() -> Iterator[HttpServer]:
    server = HttpServer()
    server.script.data = DATA
    yield server
    server.close()


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpCarrier]:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    carrier = HttpCarrier()
    yield carrier
    carrier.close()


@pytest.fixture
def tunnel(server: HttpServer) -> Iterator[Tunnel]:
    tunnel = Tunnel(("127.0.0.1", server.port))
    yield tunnel
    tunnel.close()


def fetched(carrier: HttpCarrier, url: str) -> bytes:
    got = bytearray()
    grant = DownloadGrant(url + SIGNED, "", len(DATA), "0" * 64, "f.json")
    carrier.fetch(grant, Span(0, len(DATA)), "", got.extend, CancelToken())
    return bytes(got)


def put(carrier: HttpCarrier, url: str, file: Path) -> None:
    grant = PartGrant(1, url + SIGNED, {}, "")
    carrier.put_part(grant, file, Span(3, len(DATA) - 3), CancelToken())


def test_an_authority_that_this_computer_trusts_is_trusted(
    carrier: HttpCarrier,
    server: HttpServer,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    file = tmp_path / "staged"
    file.write_bytes(DATA)
    put(carrier, server.url, file)
    assert server.script.bodies == [DATA[3:]]
    assert fetched(carrier, server.url) == DATA
    # Both went over one connection.
    assert len(server.connections) == 1


def test_a_certificate_of_an_unknown_authority_is_told_and_nothing_is_sent(
    carrier: HttpCarrier, server: HttpServer
) -> None:
    with pytest.raises(Misconfigured, match="certificate") as caught:
        fetched(carrier, server.url)
    assert server.script.seen == []
    assert_no_secret(caught.value)


def test_a_certificate_of_another_name_is_told(
    carrier: HttpCarrier,
    server: HttpServer,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with pytest.raises(Misconfigured, match="certificate"):
        fetched(carrier, server.url.replace("127.0.0.1", "localhost"))
    assert server.script.seen == []


def test_tls_where_none_is_spoken_is_a_fault_and_no_crash(
    carrier: HttpCarrier, plain: HttpServer
) -> None:
    with pytest.raises(ServerDown):
        fetched(carrier, plain.url.replace("http:", "https:"))


def test_an_encrypted_connection_goes_through_the_proxy_and_stays_encrypted(
    carrier: HttpCarrier,
    server: HttpServer,
    tunnel: Tunnel,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:p%40ss@{tunnel.address}")
    assert fetched(carrier, "https://files.example") == DATA
    assert fetched(carrier, "https://files.example") == DATA
    pair = base64.b64encode(b"someone:p@ss").decode()
    # One tunnel for both; neither the path nor its signature is shown to the proxy.
    [seen] = tunnel.seen
    assert seen.startswith("CONNECT files.example:443 HTTP/1.")
    assert seen.endswith(f"Proxy-Authorization: Basic {pair}")
    assert server.script.seen[0][2]["host"] == "files.example"


def test_a_proxy_that_refuses_is_told_without_the_url(
    carrier: HttpCarrier, tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch
) -> None:
    tunnel.refuses = True
    monkeypatch.setenv("HTTPS_PROXY", f"http://{tunnel.address}")
    with pytest.raises(ServerDown) as caught:
        fetched(carrier, "https://files.example")
    assert_no_secret(caught.value)


def test_a_plain_connection_asks_the_proxy_for_the_whole_url(
    carrier: HttpCarrier, plain: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Tunnel(("127.0.0.1", plain.port))
    monkeypatch.setenv("HTTP_PROXY", f"http://u:p@{proxy.address}")
    try:
        assert fetched(carrier, "http://files.example") == DATA
        pair = base64.b64encode(b"u:p").decode()
        assert proxy.seen == [
            f"GET http://files.example{SIGNED} HTTP/1.1 Proxy-Authorization: Basic {pair}"
        ]
    finally:
        proxy.close()


@pytest.mark.parametrize("without", ["NO_PROXY", "no_proxy"])
def test_hosts_that_need_no_proxy_are_reached_directly(
    carrier: HttpCarrier, without: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv(without, "example")
    asked: list[tuple[str, int]] = []

    def refuse(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    for host in ("files.example", "files.elsewhere"):
        with pytest.raises(ServerDown):
            fetched(carrier, f"https://{host}")
    assert asked == [("files.example", 443), ("127.0.0.1", 9)]


def test_this_computer_is_reached_without_the_proxy(
    carrier: HttpCarrier, plain: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert fetched(carrier, plain.url) == DATA


def test_the_context_trusts_the_public_authorities_too() -> None:
    assert len(connections._context().get_ca_certs()) > 50
    assert connections._context().verify_mode is ssl.CERT_REQUIRED
