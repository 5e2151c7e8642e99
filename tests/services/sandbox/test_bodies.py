"""Bodies that break a promise: none of them becomes an object."""

from __future__ import annotations

import base64
import hashlib
import socket
import zlib
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mypy_boto3_s3 import S3Client

from koda_desktop.services.sandbox.objectstore.chunked import ChunkedDecoder
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from tests.fixtures_servers import S3Bucket
from tests.services.sandbox.conftest import error_code, send, sign

UNSIGNED = "UNSIGNED-PAYLOAD"
TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
BODY = b"payload" * 1000


def crc32(body: bytes) -> str:
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def chunked(body: bytes, checksum: str, size: int = 1000) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    encoded = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return encoded + b"0\r\nx-amz-checksum-crc32:" + checksum.encode() + b"\r\n\r\n"


def raw_request(bucket: S3Bucket, headers: dict[str, str], body: bytes) -> bytes:
    """Send exactly these bytes and read whatever comes back until the server hangs up.

    The sending side is ended only when fewer bytes than announced were sent.
    """
    request = sign(bucket, "PUT", f"/{bucket.name}/k", headers=headers)
    address = urlsplit(bucket.endpoint)
    lines = [f"PUT /{bucket.name}/k HTTP/1.1", f"Host: {address.netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        if len(body) < int(headers.get("Content-Length", "0")):
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while block := connection.recv(65536):
            answer += block
    return answer


def stored(s3: S3Client, bucket: S3Bucket) -> list[str]:
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket.name).get("Contents", [])]


def test_a_body_cut_short_is_no_object(s3: S3Client, bucket: S3Bucket) -> None:
    headers = {"Content-Length": "1000000", "x-amz-content-sha256": UNSIGNED}
    answer = raw_request(bucket, headers, b"x" * 999_999)
    assert b"200 OK" not in answer
    assert stored(s3, bucket) == []
    whole = {"Content-Length": "3", "x-amz-content-sha256": UNSIGNED}
    assert b"200 OK" in raw_request(bucket, whole, b"xyz")
    assert stored(s3, bucket) == ["k"]


def test_a_body_without_a_length_is_refused(s3: S3Client, bucket: S3Bucket) -> None:
    headers = {"Transfer-Encoding": "chunked", "x-amz-content-sha256": UNSIGNED}
    answer = raw_request(bucket, headers, b"3\r\nabc\r\n0\r\n\r\n")
    assert b"MissingContentLength" in answer
    assert stored(s3, bucket) == []


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"content-md5": base64.b64encode(bytes(16)).decode()}, "BadDigest"),
        ({"content-md5": "short"}, "InvalidDigest"),
        ({"x-amz-checksum-crc32": crc32(b"other")}, "BadDigest"),
        ({"x-amz-checksum-sha1": base64.b64encode(bytes(20)).decode()}, "BadDigest"),
        ({"x-amz-checksum-sha256": base64.b64encode(bytes(32)).decode()}, "BadDigest"),
        ({"x-amz-checksum-sha256": "not base64"}, "InvalidRequest"),
        ({"x-amz-checksum-crc32c": "AAAAAA=="}, "NotImplemented"),
        ({"x-amz-checksum-crc64nvme": "AAAAAAAAAAA="}, "NotImplemented"),
        ({"x-amz-content-sha256": "0" * 64}, "XAmzContentSHA256Mismatch"),
        ({"x-amz-content-sha256": "nonsense"}, "InvalidArgument"),
        ({"x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}, "NotImplemented"),
        ({"x-amz-checksum-crc32": crc32(BODY), "x-amz-checksum-sha1": "AAAA"}, "InvalidRequest"),
    ],
)
def test_a_wrong_checksum_is_refused(
    s3: S3Client, bucket: S3Bucket, headers: dict[str, str], code: str
) -> None:
    answer = send(sign(bucket, "PUT", f"/{bucket.name}/k", body=BODY, headers=headers))
    assert error_code(answer) == code
    assert stored(s3, bucket) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content-md5", base64.b64encode(hashlib.md5(BODY).digest()).decode()),
        ("x-amz-checksum-crc32", crc32(BODY)),
        ("x-amz-checksum-sha1", base64.b64encode(hashlib.sha1(BODY).digest()).decode()),
        ("x-amz-checksum-sha256", base64.b64encode(hashlib.sha256(BODY).digest()).decode()),
    ],
)
def test_a_right_checksum_is_kept(bucket: S3Bucket, name: str, value: str) -> None:
    put = send(sign(bucket, "PUT", f"/{bucket.name}/k", body=BODY, headers={name: value}))
    assert put.status_code == 200
    mode = {"x-amz-checksum-mode": "ENABLED"}
    got = send(sign(bucket, "GET", f"/{bucket.name}/k", headers=mode))
    assert got.content == BODY
    if name.startswith("x-amz-"):
        assert put.headers[name] == got.headers[name] == value


def trailer_headers(decoded: int) -> dict[str, str]:
    return {
        "x-amz-content-sha256": TRAILER,
        "x-amz-trailer": "x-amz-checksum-crc32",
        "x-amz-decoded-content-length": str(decoded),
        "content-encoding": "aws-chunked",
    }


def test_a_chunked_body_with_its_checksum_behind(s3: S3Client, bucket: S3Bucket) -> None:
    body = chunked(BODY, crc32(BODY))
    headers = trailer_headers(len(BODY))
    answer = send(sign(bucket, "PUT", f"/{bucket.name}/k", body=body, headers=headers))
    assert answer.status_code == 200
    got = s3.get_object(Bucket=bucket.name, Key="k")
    assert got["Body"].read() == BODY
    assert got["ChecksumCRC32"] == crc32(BODY)
    assert "ContentEncoding" not in got


@pytest.mark.parametrize(
    ("body", "decoded", "code"),
    [
        (chunked(BODY, crc32(b"other")), len(BODY), "BadDigest"),
        (chunked(BODY, crc32(BODY)), len(BODY) + 1, "IncompleteBody"),
        (chunked(BODY, crc32(BODY)), len(BODY) - 1, "IncompleteBody"),
        (chunked(BODY, crc32(BODY))[:-2], len(BODY), "IncompleteBody"),
        (chunked(BODY, crc32(BODY)).replace(b"crc32", b"sha1"), len(BODY), "InvalidRequest"),
        (b"zz\r\n" + BODY, len(BODY), "InvalidRequest"),
        (b"-5\r\nabcde\r\n", 5, "InvalidRequest"),
    ],
)
def test_a_chunked_body_that_is_wrong_is_refused(
    s3: S3Client, bucket: S3Bucket, body: bytes, decoded: int, code: str
) -> None:
    headers = trailer_headers(decoded)
    answer = send(sign(bucket, "PUT", f"/{bucket.name}/k", body=body, headers=headers))
    assert error_code(answer) == code
    assert stored(s3, bucket) == []


@given(st.binary(max_size=300), st.integers(1, 50), st.lists(st.integers(1, 40)))
def test_chunks_decode_however_they_are_cut(body: bytes, size: int, cuts: list[int]) -> None:
    encoded, decoder, payload = chunked(body, "AAAA", size), ChunkedDecoder(), b""
    for cut in cuts:
        payload += decoder.feed(encoded[:cut])
        encoded = encoded[cut:]
    payload += decoder.feed(encoded)
    decoder.finish()
    assert payload == body
    assert decoder.trailers == {"x-amz-checksum-crc32": "AAAA"}


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    decoder, payload, refusal = ChunkedDecoder(), b"", ""
    try:
        payload = decoder.feed(data)
        decoder.finish()
    except S3Error as error:
        refusal = error.code
    assert refusal in ("", "InvalidRequest", "IncompleteBody")
    assert refusal or len(payload) < len(data)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<Delete>",
        b"<Other/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><Delete/>",
        b"<Delete/>",
        b"\xff",
    ],
)
def test_xml_that_is_none_is_refused(bucket: S3Bucket, body: bytes) -> None:
    answer = send(sign(bucket, "POST", f"/{bucket.name}?delete", body=body))
    assert error_code(answer) == "MalformedXML"


def test_a_refused_large_body_still_hears_the_answer(bucket: S3Bucket) -> None:
    request = sign(bucket, "PUT", f"/{bucket.name}/k", body=b"x" * 3_000_000, secret="wrong")
    assert error_code(send(request)) == "SignatureDoesNotMatch"
