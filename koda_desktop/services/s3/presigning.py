"""Signature Version 4 in the query, for the one request that is signed hundreds of times.

"Authenticating Requests: Using Query Parameters" of the Amazon S3 API reference. botocore needs a
third of a millisecond for each URL, most of it to find the endpoint anew; a large file has hundreds
of parts, and Python signs them on the threads that send. The endpoint is therefore asked for once
for an upload, and a part costs six hashes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """What is signed with, and the region it is good for."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str


def presigned(
    keys: SigningKeys,
    method: str,
    base: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    moment: datetime,
    seconds: int,
) -> str:
    """The URL that allows this request for ``seconds`` from ``moment``, in UTC.

    ``base`` is the object's URL without a query. The signature covers ``query`` and ``headers``,
    which the request must carry exactly as they are here.
    """
    place = urlsplit(base)
    signed = {name.lower(): value for name, value in headers.items()}
    signed["host"] = _host(place.scheme, place.hostname or "", place.port)
    ordered = sorted(signed.items())
    names = ";".join(name for name, _ in ordered)
    time = moment.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{time[:8]}/{keys.region}/s3/aws4_request"
    leave = _leave(f"{keys.access_key_id}/{scope}", time, seconds, names)
    given = {name: _quoted(value) for name, value in query.items()} | leave
    pairs = _joined(sorted(given.items()))
    lines = "".join(f"{name}:{value}\n" for name, value in ordered)
    request = f"{method}\n{place.path}\n{pairs}\n{lines}\n{names}\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}"
    signature = _hmac(_key(keys.secret_access_key, time[:8], keys.region), text).hex()
    return f"{base}?{_joined(given.items())}&X-Amz-Signature={signature}"


@lru_cache(maxsize=8)
def _leave(credential: str, time: str, seconds: int, names: str) -> dict[str, str]:
    """What the query says of the signature, which is the same for all parts of one second."""
    leave = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": credential,
        "X-Amz-Date": time,
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": names,
    }
    return {name: _quoted(value) for name, value in leave.items()}


def _joined(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in pairs)


def _quoted(value: str) -> str:
    return quote(value, safe="-_.~")


def _host(scheme: str, name: str, port: int | None) -> str:
    """The Host header as clients send it: without the port that the scheme implies."""
    shown = f"[{name}]" if ":" in name else name
    return shown if port in (None, _PORTS[scheme]) else f"{shown}:{port}"


@lru_cache(maxsize=4)
def _key(secret: str, day: str, region: str) -> bytes:
    """The signing key, which is the same for a whole day."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
