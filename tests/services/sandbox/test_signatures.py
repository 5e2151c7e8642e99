"""Who is let in: signed headers, presigned URLs, and everything that must be turned away."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from mypy_boto3_s3 import S3Client

from tests.fixtures_servers import S3Bucket
from tests.services.sandbox.conftest import error_code, send, sign

BODY = b'{"nodes": []}'
SHA256 = base64.b64encode(hashlib.sha256(BODY).digest()).decode()


DISPOSITION = "attachment; filename=\"f.json\"; filename*=UTF-8''%C3%A9"


def presigned_at(bucket: S3Bucket, moment: datetime, expires: int) -> str:
    """A GET URL of ``k`` as if it had been signed at ``moment``."""
    credentials = Credentials(bucket.access_key_id, bucket.secret_access_key)
    signer: Any = S3SigV4QueryAuth(credentials, "s3", bucket.region, expires=expires)
    request = AWSRequest(method="GET", url=f"{bucket.endpoint}/{bucket.name}/k")
    request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return str(request.url)


def with_query(url: str, change: Callable[[dict[str, str]], None]) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    change(query)
    return urlunsplit(parts._replace(query=urlencode(query)))


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, error_code(answer)


@pytest.fixture
def stored(s3: S3Client, bucket: S3Bucket) -> S3Bucket:
    s3.put_object(Bucket=bucket.name, Key="k", Body=BODY)
    s3.put_object(Bucket=bucket.name, Key="other", Body=b"other")
    return bucket


@pytest.fixture
def get_url(s3: S3Client, stored: S3Bucket) -> str:
    return s3.generate_presigned_url(
        "get_object", Params={"Bucket": stored.name, "Key": "k"}, ExpiresIn=300
    )


def put_url(s3: S3Client, bucket: S3Bucket) -> tuple[str, dict[str, str]]:
    """A URL bound to key, type, length, checksum and absence, with the headers it names."""
    url = s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": bucket.name,
            "Key": "new",
            "ContentType": "application/json",
            "ContentLength": len(BODY),
            "ChecksumSHA256": SHA256,
            "IfNoneMatch": "*",
        },
        ExpiresIn=300,
    )
    headers = {"content-type": "application/json", "if-none-match": "*"}
    return url, {**headers, "x-amz-checksum-sha256": SHA256}


def test_a_presigned_url_gives_the_object(get_url: str) -> None:
    assert httpx.get(get_url).content == BODY


def test_the_server_does_not_say_the_signature_back(get_url: str) -> None:
    answer = httpx.get(get_url.replace("/k?", "/other?"))
    assert "X-Amz" not in answer.text
    assert "Credential" not in answer.text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda q: q.update({"X-Amz-Signature": "0" * 64}), "SignatureDoesNotMatch"),
        (lambda q: q.update({"X-Amz-Expires": "301"}), "SignatureDoesNotMatch"),
        (lambda q: q.update({"response-content-type": "text/html"}), "SignatureDoesNotMatch"),
        (lambda q: q.update({"x-amz-meta-a": "b"}), "SignatureDoesNotMatch"),
        (lambda q: q.update({"X-Amz-Credential": "NOBODY" + q["X-Amz-Credential"]}),
         "InvalidAccessKeyId"),
        (lambda q: q.update({"X-Amz-Expires": "604801"}), "AuthorizationQueryParametersError"),
        (lambda q: q.update({"X-Amz-Expires": "0"}), "AuthorizationQueryParametersError"),
        (lambda q: q.update({"X-Amz-Algorithm": "none"}), "AuthorizationQueryParametersError"),
        (lambda q: q.pop("X-Amz-Signature"), "AuthorizationQueryParametersError"),
        (lambda q: q.pop("X-Amz-Date"), "AuthorizationQueryParametersError"),
        (lambda q: q.update({"X-Amz-SignedHeaders": "host;range"}), "SignatureDoesNotMatch"),
        (lambda q: q.update({"X-Amz-SignedHeaders": "x"}), "SignatureDoesNotMatch"),
        (lambda q: q.update({"X-Amz-Security-Token": "t"}), "InvalidToken"),
        (lambda q: q.clear(), "AccessDenied"),
    ],
)  # fmt: skip
def test_a_changed_query_is_refused(
    get_url: str, change: Callable[[dict[str, str]], None], code: str
) -> None:
    status, found = refusal(httpx.get(with_query(get_url, change)))
    assert found == code
    assert status in (400, 403)


def test_a_changed_path_method_or_host_is_refused(get_url: str) -> None:
    refused = (403, "SignatureDoesNotMatch")
    assert refusal(httpx.get(get_url.replace("/k?", "/other?"))) == refused
    assert refusal(httpx.delete(get_url)) == refused
    assert refusal(httpx.put(get_url, content=b"x")) == refused
    assert refusal(httpx.get(get_url, headers={"Host": "example.com"})) == refused
    assert httpx.get(get_url).content == BODY


def test_a_doubled_signature_parameter_is_refused(get_url: str) -> None:
    answer = httpx.get(f"{get_url}&X-Amz-Expires=9999")
    assert refusal(answer) == (400, "AuthorizationQueryParametersError")


def test_a_lapsed_url_is_refused_and_says_when(stored: S3Bucket) -> None:
    now = datetime.now(UTC)
    assert httpx.get(presigned_at(stored, now - timedelta(seconds=290), 300)).content == BODY
    answer = httpx.get(presigned_at(stored, now - timedelta(seconds=301), 300))
    assert refusal(answer) == (403, "AccessDenied")
    assert "<Message>Request has expired</Message>" in answer.text
    assert "<Expires>" in answer.text


def test_a_url_from_the_future_is_refused(stored: S3Bucket) -> None:
    later = datetime.now(UTC) + timedelta(minutes=16)
    assert refusal(httpx.get(presigned_at(stored, later, 300))) == (403, "AccessDenied")


def test_a_presigned_put_stores_what_it_is_bound_to(s3: S3Client, bucket: S3Bucket) -> None:
    url, headers = put_url(s3, bucket)
    assert httpx.put(url, content=BODY, headers=headers).status_code == 200
    head = s3.head_object(Bucket=bucket.name, Key="new", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == SHA256
    assert head["ContentType"] == "application/json"
    again = httpx.put(url, content=BODY, headers=headers)
    assert refusal(again) == (412, "PreconditionFailed")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"content-type": "text/html"}, "SignatureDoesNotMatch"),
        ({"if-none-match": None}, "SignatureDoesNotMatch"),
        ({"x-amz-checksum-sha256": None}, "SignatureDoesNotMatch"),
        ({"x-amz-checksum-sha256": base64.b64encode(bytes(32)).decode()}, "SignatureDoesNotMatch"),
        ({"x-amz-acl": "public-read"}, "AccessDenied"),
        ({"x-amz-meta-a": "b"}, "AccessDenied"),
        ({"authorization": "AWS4-HMAC-SHA256 x"}, "InvalidArgument"),
    ],
)
def test_headers_that_differ_from_the_signed_ones_are_refused(
    s3: S3Client, bucket: S3Bucket, changes: dict[str, str | None], code: str
) -> None:
    url, headers = put_url(s3, bucket)
    sent = {name: value for name, value in {**headers, **changes}.items() if value is not None}
    assert refusal(httpx.put(url, content=BODY, headers=sent))[1] == code
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket.name)


@pytest.mark.parametrize(
    ("body", "code"),
    [(BODY + b" ", "SignatureDoesNotMatch"), (BODY.replace(b"n", b"m"), "BadDigest")],
)
def test_another_body_than_promised_is_refused(
    s3: S3Client, bucket: S3Bucket, body: bytes, code: str
) -> None:
    url, headers = put_url(s3, bucket)
    assert refusal(httpx.put(url, content=body, headers=headers))[1] == code
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket.name)


def test_a_checksum_carried_in_the_query_is_verified(bucket: S3Bucket, s3: S3Client) -> None:
    credentials = Credentials(bucket.access_key_id, bucket.secret_access_key)
    url = f"{bucket.endpoint}/{bucket.name}/k?x-amz-checksum-sha256={SHA256.replace('=', '%3D')}"
    request = AWSRequest(method="PUT", url=url.replace("+", "%2B").replace("/=", "%2F="))
    S3SigV4QueryAuth(credentials, "s3", bucket.region, expires=60).add_auth(request)
    assert refusal(httpx.put(str(request.url), content=b"other")) == (400, "BadDigest")
    assert httpx.put(str(request.url), content=BODY).status_code == 200


def test_the_disposition_of_a_signed_url_is_given_back(s3: S3Client, stored: S3Bucket) -> None:
    url = s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": stored.name,
            "Key": "k",
            "ResponseContentDisposition": DISPOSITION,
            "ResponseContentType": "application/json",
        },
    )
    headers = httpx.get(url).headers
    assert headers["content-disposition"] == DISPOSITION
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=y", "日本"])
def test_a_disposition_that_is_no_header_is_refused(
    s3: S3Client, stored: S3Bucket, value: str
) -> None:
    params = {"Bucket": stored.name, "Key": "k", "ResponseContentDisposition": value}
    url = s3.generate_presigned_url("get_object", Params=params)
    assert refusal(httpx.get(url)) == (400, "InvalidArgument")


def test_anonymous_requests_are_refused(stored: S3Bucket) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = httpx.request(method, f"{stored.endpoint}/{stored.name}/k")
        assert refusal(answer) == (403, "AccessDenied")


def signed_get(bucket: S3Bucket, **settings: Any) -> AWSRequest:
    return sign(bucket, "GET", f"/{bucket.name}/k", **settings)


def test_a_signed_request_is_let_in(stored: S3Bucket) -> None:
    assert send(signed_get(stored)).content == BODY


def test_unknown_key_and_wrong_secret(stored: S3Bucket) -> None:
    assert refusal(send(signed_get(stored, key="NOBODY"))) == (403, "InvalidAccessKeyId")
    assert refusal(send(signed_get(stored, secret="wrong"))) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_far_off_is_told(stored: S3Bucket, minutes: int) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    answer = send(signed_get(stored, moment=moment))
    assert refusal(answer) == (403, "RequestTimeTooSkewed")


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_that_is_a_little_off_is_accepted(stored: S3Bucket, minutes: int) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    assert send(signed_get(stored, moment=moment)).status_code == 200


def test_headers_changed_or_added_after_signing_are_refused(stored: S3Bucket) -> None:
    request = signed_get(stored, headers={"x-amz-checksum-mode": "ENABLED"})
    headers = dict(request.headers.items())
    changed = send(request, headers={**headers, "x-amz-checksum-mode": "enabled"})
    assert refusal(changed) == (403, "SignatureDoesNotMatch")
    added = send(request, headers={**headers, "x-amz-meta-a": "b"})
    assert refusal(added) == (403, "AccessDenied")
    assert "<HeadersNotSigned>x-amz-meta-a</HeadersNotSigned>" in added.text
    moved = send(request, url=f"{stored.endpoint}/{stored.name}/other")
    assert refusal(moved) == (403, "SignatureDoesNotMatch")


def test_a_body_other_than_the_signed_one_is_refused(s3: S3Client, bucket: S3Bucket) -> None:
    request = sign(bucket, "PUT", f"/{bucket.name}/k", body=b"signed")
    assert refusal(send(request, content=b"forged")) == (400, "XAmzContentSHA256Mismatch")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket.name)


def test_another_region_is_told_which_one_is_right(bucket: S3Bucket) -> None:
    from dataclasses import replace

    answer = send(sign(replace(bucket, region="eu-west-1"), "GET", f"/{bucket.name}/k"))
    assert refusal(answer) == (400, "AuthorizationHeaderMalformed")
    assert "<Region>us-east-1</Region>" in answer.text


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("AWS KEY:signature", "InvalidRequest"),
        ("AWS4-HMAC-SHA256 nonsense", "AuthorizationHeaderMalformed"),
        ("Bearer token", "AuthorizationHeaderMalformed"),
    ],
)
def test_other_kinds_of_authorization_are_refused(bucket: S3Bucket, header: str, code: str) -> None:
    answer = httpx.get(f"{bucket.endpoint}/{bucket.name}/k", headers={"Authorization": header})
    assert error_code(answer) == code
