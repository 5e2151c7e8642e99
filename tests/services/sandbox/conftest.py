"""boto3 clients for the session's object store, and requests signed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import httpx
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from mypy_boto3_s3 import S3Client

from tests.fixtures_servers import ObjectStoreServer, S3Bucket

Signed = Callable[..., httpx.Response]

CHECKSUM_MODES: dict[str, dict[str, Any]] = {
    "default": {},
    "when_required": {
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    },
}


def client_for(server: ObjectStoreServer | S3Bucket, **settings: Any) -> S3Client:
    """A boto3 client in path style. ``settings`` go to botocore's Config."""
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
        region_name=server.region,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 1},
            **settings,
        ),
    )


@pytest.fixture(scope="session", params=CHECKSUM_MODES)
def any_s3(request: pytest.FixtureRequest, object_store: ObjectStoreServer) -> Iterator[S3Client]:
    """A client in each of boto3's two checksum modes."""
    client = client_for(object_store, **CHECKSUM_MODES[request.param])
    yield client
    client.close()


@pytest.fixture(scope="session")
def s3(object_store: ObjectStoreServer) -> Iterator[S3Client]:
    """A client as boto3 configures itself."""
    client = client_for(object_store)
    yield client
    client.close()


def sign(
    server: ObjectStoreServer | S3Bucket,
    method: str,
    path: str,
    *,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    key: str | None = None,
    secret: str | None = None,
    moment: datetime | None = None,
) -> AWSRequest:
    """A request signed in its headers, at ``moment``, by whichever key."""
    credentials = Credentials(key or server.access_key_id, secret or server.secret_access_key)
    signer: Any = S3SigV4Auth(credentials, "s3", server.region)
    request = AWSRequest(
        method=method, url=f"{server.endpoint}{path}", data=body, headers=headers or {}
    )
    stamp = (moment or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    request.context["timestamp"] = stamp
    request.headers["X-Amz-Date"] = stamp
    if "X-Amz-Content-SHA256" not in request.headers:
        request.headers["X-Amz-Content-SHA256"] = signer.payload(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return request


def send(request: AWSRequest, **changes: Any) -> httpx.Response:
    """Send a signed request, with parts of it changed after signing."""
    sent = {
        "method": request.method,
        "url": request.url,
        "content": request.data,
        "headers": dict(request.headers.items()),
        **changes,
    }
    return httpx.request(**sent)


def error_code(answer: httpx.Response) -> str:
    """The code of an S3 error answer."""
    assert answer.headers["content-type"] == "application/xml", answer.text
    assert f"<RequestId>{answer.headers['x-amz-request-id']}</RequestId>" in answer.text
    return answer.text.partition("<Code>")[2].partition("</Code>")[0]
