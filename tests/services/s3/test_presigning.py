"""URLs signed here are those that Amazon's own library signs."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

import botocore.auth
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koda_desktop.services.s3.presigning import SigningKeys, presigned

NOW = datetime(2026, 3, 1, 23, 59, 58, tzinfo=UTC)
ENDPOINTS = (
    "https://s3.example.com",
    "https://s3.example.com:443/base",
    "http://127.0.0.1:9000",
    "http://s3.example.com:80",
    "https://bucket.s3.eu-west-1.amazonaws.com:8443",
    "http://[::1]:9000",
)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


def test_the_example_of_the_api_reference() -> None:
    """ "Authenticating Requests: Using Query Parameters", the GET of test.txt."""
    keys = SigningKeys(
        "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"
    )
    moment = datetime(2013, 5, 24, tzinfo=UTC)
    base = "https://examplebucket.s3.amazonaws.com/test.txt"
    url = presigned(keys, "GET", base, {}, {}, moment, 86_400)
    assert parsed(url)["X-Amz-Signature"] == (
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    endpoint=st.sampled_from(ENDPOINTS),
    key=TEXT,
    upload_id=TEXT,
    number=st.integers(1, 10_000),
    secret=TEXT,
)
def test_a_part_is_signed_as_botocore_signs_it(
    monkeypatch: pytest.MonkeyPatch,
    endpoint: str,
    key: str,
    upload_id: str,
    number: int,
    secret: str,
) -> None:
    base = f"{endpoint}/bucket/{quote(key, safe='/~')}"
    query = {"uploadId": upload_id, "partNumber": str(number)}
    headers = {"Content-Length": "5", "x-amz-checksum-crc32": "NhCmhg=="}
    url = presigned(SigningKeys("key", secret, "eu-west-1"), "PUT", base, query, headers, NOW, 900)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None))
    request = AWSRequest("PUT", base, headers, params=query)
    S3SigV4QueryAuth(Credentials("key", secret), "s3", "eu-west-1", 900).add_auth(request)
    assert parsed(url) == parsed(str(request.url))
    assert url.partition("?")[0] == base


def parsed(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
