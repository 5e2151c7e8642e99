from __future__ import annotations

import hashlib
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from koda_desktop.errors import (
    Cancelled,
    KodaError,
    LocalFault,
    Misconfigured,
    ServerDown,
    Unverified,
)
from koda_desktop.marketplace.api import DownloadGrant, PartGrant, UploadGrant, UploadLost
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.transfers.answers import GrantExpired, ObjectChanged
from koda_desktop.sync.transfers.bandwidth import Bandwidth
from koda_desktop.sync.transfers.bodies import READ_BLOCK
from koda_desktop.sync.transfers.carrier import PutResult, SentPart, Span
from koda_desktop.sync.transfers.http import HttpCarrier
from koda_desktop.sync.transfers.strides import FIRST
from tests.sync.desk import ManualClock
from tests.sync.transfers.http_server import HttpServer

SIGNED = "/bucket/listings/a?X-Amz-Signature=5ecre75167a7ure"


@pytest.fixture
def server() -> Iterator[HttpServer]:
    server = HttpServer()
    yield server
    server.close()


@pytest.fixture
def carrier() -> Iterator[HttpCarrier]:
    carrier = HttpCarrier()
    yield carrier
    carrier.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "staged"
    path.write_bytes(bytes(range(256)) * 10_000)
    return path


def upload(url: str, **headers: str) -> UploadGrant:
    return UploadGrant("key", "PUT", url + SIGNED, headers, "2026-01-01T00:00:00.000Z")


def download(url: str, size: int) -> DownloadGrant:
    return DownloadGrant(url + SIGNED, "2026-01-01T00:00:00.000Z", size, "0" * 64, "f.json")


def put(carrier: HttpCarrier, grant: UploadGrant, file: Path) -> PutResult:
    return carrier.put(grant, file, file.stat().st_size, CancelToken())


def test_the_bytes_arrive_whole_with_exactly_the_signed_headers(
    carrier: HttpCarrier, server: HttpServer, file: Path
) -> None:
    done: list[int] = []
    size = file.stat().st_size
    grant = upload(
        server.url,
        **{"Content-Type": "application/json", "If-None-Match": "*", "X-Amz-Meta-Koda": "1"},
    )
    assert carrier.put(grant, file, size, CancelToken(), done.append) is PutResult.STORED
    assert server.script.bodies == [file.read_bytes()]
    [(method, path, headers)] = server.script.seen
    assert (method, path) == ("PUT", SIGNED)
    assert headers["content-length"] == str(size)
    assert "transfer-encoding" not in headers
    signed = {"content-type": "application/json", "if-none-match": "*", "x-amz-meta-koda": "1"}
    assert signed.items() <= headers.items()
    assert done[0] == FIRST
    assert done == sorted(set(done))
    assert done[-1] == size


def test_a_412_is_an_answer_not_a_fault(
    carrier: HttpCarrier, server: HttpServer, file: Path
) -> None:
    server.script.status, server.script.code = 412, "PreconditionFailed"
    assert put(carrier, upload(server.url), file) is PutResult.EXISTS


def test_a_refusal_names_its_code_and_never_the_url(
    carrier: HttpCarrier, server: HttpServer, file: Path
) -> None:
    server.script.status, server.script.code = 403, "SignatureDoesNotMatch"
    with pytest.raises(KodaError) as caught:
        put(carrier, upload(server.url), file)
    assert caught.value.code == "wrong-credentials"
    assert_no_secret(caught.value)


def test_an_upload_stops_between_two_chunks(
    carrier: HttpCarrier, server: HttpServer, file: Path
) -> None:
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        carrier.put(
            upload(server.url), file, file.stat().st_size, cancel, lambda _: cancel.cancel()
        )
    assert server.script.bodies in ([], [file.read_bytes()[:FIRST]])


def test_a_connection_cut_while_sending_is_tried_again_later(
    carrier: HttpCarrier, server: HttpServer, file: Path
) -> None:
    server.script.cut_after = 100_000
    with pytest.raises(ServerDown) as caught:
        put(carrier, upload(server.url), file)
    assert_no_secret(caught.value)
    server.script.cut_after = None
    assert put(carrier, upload(server.url), file) is PutResult.STORED


def test_a_file_that_became_shorter_is_told(
    carrier: HttpCarrier, server: HttpServer, file: Path
) -> None:
    with pytest.raises(LocalFault, match="has changed"):
        carrier.put(upload(server.url), file, file.stat().st_size + 5, CancelToken())


def test_a_file_that_is_gone_is_told(
    carrier: HttpCarrier, server: HttpServer, tmp_path: Path
) -> None:
    with pytest.raises(LocalFault, match="is missing"):
        carrier.put(upload(server.url), tmp_path / "gone", 5, CancelToken())


def test_nobody_listening_is_a_server_that_is_down(carrier: HttpCarrier, file: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ServerDown, match="cannot be reached") as caught:
            put(carrier, upload(url), file)
    assert_no_secret(caught.value)


@pytest.mark.parametrize("url", ["ftp://x", "http://x:port", "nonsense"])
def test_an_address_that_is_none_is_a_setting(carrier: HttpCarrier, file: Path, url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        put(carrier, upload(url), file)
    assert_no_secret(caught.value)


def test_an_object_is_read_through(carrier: HttpCarrier, server: HttpServer) -> None:
    server.script.data = b"x" * 3_000_000
    done: list[int] = []
    digest = carrier.digest(download(server.url, 3_000_000), CancelToken(), done.append)
    assert digest.size == 3_000_000
    assert digest.sha256 == hashlib.sha256(server.script.data).hexdigest()
    assert done[-1] == 3_000_000


def test_an_object_that_is_longer_than_promised_is_not_read_to_its_end(
    carrier: HttpCarrier, server: HttpServer
) -> None:
    server.script.data = b"x" * 20_000_000
    digest = carrier.digest(download(server.url, 10), CancelToken())
    assert 10 < digest.size <= 10 + READ_BLOCK


def test_a_truncated_answer_is_a_lost_connection(carrier: HttpCarrier, server: HttpServer) -> None:
    server.script.data = b"x" * 1_000_000
    server.script.cut_after = 1_000
    with pytest.raises(ServerDown, match="lost"):
        carrier.digest(download(server.url, 1_000_000), CancelToken())


def test_reading_stops_between_two_chunks(carrier: HttpCarrier, server: HttpServer) -> None:
    server.script.data = b"x" * 8_000_000
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        carrier.digest(download(server.url, 8_000_000), cancel, lambda _: cancel.cancel())


def test_a_refused_read_is_told(carrier: HttpCarrier, server: HttpServer) -> None:
    server.script.status, server.script.code = 404, "NoSuchKey"
    with pytest.raises(KodaError) as caught:
        carrier.digest(download(server.url, 5), CancelToken())
    assert caught.value.code == "unverified"


def test_this_computers_own_addresses_go_through_no_proxy(
    carrier: HttpCarrier, server: HttpServer, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert put(carrier, upload(server.url), file) is PutResult.STORED


def test_no_signed_query_reaches_the_log(
    carrier: HttpCarrier, server: HttpServer, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        put(carrier, upload(server.url), file)
        server.script.data = b"x"
        carrier.digest(download(server.url, 1), CancelToken())
    assert "X-Amz-Signature" not in caplog.text


def part(url: str, **headers: str) -> PartGrant:
    return PartGrant(2, url + SIGNED, headers, "2026-01-01T00:00:00.000Z")


def test_a_part_is_a_range_of_the_file(
    carrier: HttpCarrier, server: HttpServer, file: Path
) -> None:
    server.script.headers = {"ETag": '"abc"', "x-amz-checksum-crc32": "AAAAAA=="}
    grant = part(server.url, **{"x-amz-checksum-crc32": "AAAAAA=="})
    done: list[int] = []
    sent = carrier.put_part(grant, file, Span(1000, 2_000_000), CancelToken(), done.append)
    assert sent == SentPart("abc", is_checked=True)
    assert server.script.bodies == [file.read_bytes()[1000:2_001_000]]
    assert done[-1] == 2_000_000


def test_a_store_that_compares_no_checksum_is_noticed(
    carrier: HttpCarrier, server: HttpServer, file: Path
) -> None:
    grant = part(server.url, **{"x-amz-checksum-crc32": "AAAAAA=="})
    assert not carrier.put_part(grant, file, Span(0, 5), CancelToken()).is_checked


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "NoSuchUpload", UploadLost),
        (403, "ExpiredToken", GrantExpired),
        (400, "BadDigest", Unverified),
        (503, "SlowDown", ServerDown),
    ],
)
def test_a_part_that_is_refused_says_why(
    carrier: HttpCarrier,
    server: HttpServer,
    file: Path,
    status: int,
    code: str,
    kind: type[KodaError],
) -> None:
    server.script.status, server.script.code = status, code
    before = carrier.width(server.url)
    with pytest.raises(kind):
        carrier.put_part(part(server.url), file, Span(0, 5), CancelToken())
    assert carrier.width(server.url) == (before // 2 if code == "SlowDown" else before)


def fetched(carrier: HttpCarrier, url: str, span: Span, size: int, etag: str = "") -> bytes:
    got = bytearray()
    carrier.fetch(download(url, size), span, etag, got.extend, CancelToken())
    return bytes(got)


@pytest.mark.parametrize("room", [700_000, 600_000, 300_001, 1])
def test_a_range_comes_into_the_callers_memory_as_far_as_that_reaches(
    carrier: HttpCarrier, server: HttpServer, room: int
) -> None:
    server.script.data = bytes(range(251)) * 5000
    size, span = len(server.script.data), Span(70_000, 600_000)
    memory, beyond = memoryview(bytearray(room)), bytearray()

    def sink(view: memoryview) -> None:
        if view.obj is not memory.obj:
            beyond.extend(view)

    carrier.fetch(download(server.url, size), span, "", sink, CancelToken(), memory)
    got = bytes(memory[: span.size - len(beyond)]) + beyond
    assert got == server.script.data[70_000:670_000]
    assert len(beyond) == max(0, span.size - room)


def test_a_range_is_fetched_of_the_object_that_was_begun_with(
    carrier: HttpCarrier, server: HttpServer
) -> None:
    server.script.data = bytes(range(256)) * 5000
    size = len(server.script.data)
    got = fetched(carrier, server.url, Span(70_000, 600_000), size, "abc")
    assert got == server.script.data[70_000:670_000]
    [(_, _, headers)] = server.script.seen
    assert (headers["range"], headers["if-match"]) == ("bytes=70000-669999", '"abc"')
    server.script.status, server.script.code = 412, "PreconditionFailed"
    with pytest.raises(ObjectChanged):
        fetched(carrier, server.url, Span(0, 5), size, "abc")


def test_another_object_is_noticed_where_the_condition_is_ignored(
    carrier: HttpCarrier, server: HttpServer
) -> None:
    server.script.data = b"0123456789"
    server.script.headers = {"ETag": 'W/"abc"'}
    assert fetched(carrier, server.url, Span(0, 5), 10, "abc") == b"01234"
    server.script.headers = {"ETag": '"def"'}
    with pytest.raises(ObjectChanged):
        fetched(carrier, server.url, Span(5, 5), 10, "abc")


def test_a_server_without_ranges_is_told_unless_the_whole_was_wanted(
    carrier: HttpCarrier, server: HttpServer
) -> None:
    server.script.data, server.script.has_ranges = b"0123456789", False
    assert fetched(carrier, server.url, Span(0, 10), 10) == b"0123456789"
    with pytest.raises(Misconfigured):
        fetched(carrier, server.url, Span(0, 5), 10)


def test_a_range_that_is_cut_short_is_a_lost_connection(
    carrier: HttpCarrier, server: HttpServer
) -> None:
    server.script.data, server.script.cut_after = b"x" * 1_000_000, 1000
    with pytest.raises(ServerDown, match="lost"):
        fetched(carrier, server.url, Span(0, 500_000), 1_000_000)


def test_a_connection_is_used_again(carrier: HttpCarrier, server: HttpServer, file: Path) -> None:
    for _ in range(3):
        carrier.put_part(part(server.url), file, Span(0, 5), CancelToken())
    assert len(server.connections) == 1


def test_transfers_keep_to_the_limit(server: HttpServer, file: Path) -> None:
    clock, waited = ManualClock(), []

    def wait(_: CancelToken, seconds: float) -> None:
        waited.append(seconds)
        clock.seconds += seconds

    bandwidth = Bandwidth(clock, wait)
    bandwidth.set_rate(1_000_000)
    carrier = HttpCarrier(clock, bandwidth)
    carrier.put_part(part(server.url), file, Span(0, 2_500_000), CancelToken())
    server.script.data = b"x" * 2_500_000
    carrier.digest(download(server.url, 2_500_000), CancelToken())
    carrier.close()
    assert sum(waited) == pytest.approx(5, abs=0.5)


def test_a_carrier_can_be_closed_twice(
    carrier: HttpCarrier, server: HttpServer, file: Path
) -> None:
    put(carrier, upload(server.url), file)
    carrier.close()
    carrier.close()
    with pytest.raises(Cancelled):
        put(carrier, upload(server.url), file)
    assert server.script.bodies == [file.read_bytes()]


def assert_no_secret(error: BaseException) -> None:
    """Neither the error nor anything it is chained to shows the signed URL."""
    seen: BaseException | None = error
    while seen is not None:
        assert "5ecre75167a7ure" not in f"{seen!r} {vars(seen)}"
        seen = seen.__cause__
    assert error.__suppress_context__ or error.__context__ is None
