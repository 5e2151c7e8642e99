"""Who sent this request: signature version 4 in a header or in a presigned URL.

Every signature is computed again with botocore's own signers over what was received, with the
request's own timestamp, and compared in constant time. Rules and error codes follow
"Authenticating requests (AWS Signature Version 4)" of the S3 API reference.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.request import S3Request

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_SKEW = timedelta(minutes=15)
MAX_EXPIRES = 7 * 24 * 3600
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_HEADER = re.compile(
    rf"{ALGORITHM}\s+Credential=([^,\s]+)\s*,\s*SignedHeaders=([^,\s]+)\s*,"
    r"\s*Signature=([0-9a-f]{64})\s*\Z"
)
_QUERY_NAMES = ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the request says of its own signature."""

    access_key_id: str
    region: str
    timestamp: str
    signed_headers: tuple[str, ...]
    signature: str
    presigned: bool


class _HeaderSigner(S3SigV4Auth):
    """Signs exactly the headers it is given; which ones, the request itself has named."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        return request.headers


class _QuerySigner(S3SigV4QueryAuth):
    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        return request.headers


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Checks requests against ``keys`` (access key id to secret) for one ``region``."""

    keys: Mapping[str, str]
    region: str

    def check(self, request: S3Request, now: datetime) -> None:
        """Return quietly, or raise the S3Error that says why the request is refused."""
        claim = _presigned_claim(request, now) or _header_claim(request, now)
        if claim is None:
            raise S3Error("AccessDenied")
        self._check_scope(claim)
        _check_coverage(request, claim)
        secret = self.keys[claim.access_key_id]
        expected = _signature(request, claim, Credentials(claim.access_key_id, secret))
        if not hmac.compare_digest(expected, claim.signature):
            raise S3Error("SignatureDoesNotMatch")

    def _check_scope(self, claim: _Claim) -> None:
        if claim.access_key_id not in self.keys:
            raise S3Error("InvalidAccessKeyId", AWSAccessKeyId=claim.access_key_id)
        if claim.region != self.region:
            raise S3Error(
                "AuthorizationQueryParametersError"
                if claim.presigned
                else "AuthorizationHeaderMalformed",
                f"The region '{claim.region}' is wrong; expecting '{self.region}'.",
                Region=self.region,
            )


def _presigned_claim(request: S3Request, now: datetime) -> _Claim | None:
    if request.has("AWSAccessKeyId"):
        raise _old_signature()
    if not request.has("X-Amz-Algorithm"):
        return None
    if "authorization" in request.headers:
        raise S3Error("InvalidArgument", "Only one auth mechanism allowed.")
    values = _query_values(request)
    moment = _moment(values["Date"], "AuthorizationQueryParametersError")
    _check_lifetime(moment, values["Expires"], now)
    key, region = _scope(values["Credential"], values["Date"], "AuthorizationQueryParametersError")
    signed = tuple(values["SignedHeaders"].split(";"))
    return _Claim(key, region, values["Date"], signed, values["Signature"], presigned=True)


def _query_values(request: S3Request) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _QUERY_NAMES:
        values = [value for key, value in request.query if key == f"X-Amz-{name}"]
        if len(values) != 1:
            raise S3Error("AuthorizationQueryParametersError", f"X-Amz-{name} must be given once.")
        found[name] = values[0]
    if found["Algorithm"] != ALGORITHM:
        raise S3Error("AuthorizationQueryParametersError", f"Only {ALGORITHM} is supported.")
    return found


def _check_lifetime(signed_at: datetime, expires: str, now: datetime) -> None:
    if not expires.isascii() or not expires.isdigit() or not 0 < int(expires) <= MAX_EXPIRES:
        raise S3Error(
            "AuthorizationQueryParametersError", "X-Amz-Expires must be from 1 to 604800 seconds."
        )
    if signed_at > now + MAX_SKEW:
        raise S3Error("AccessDenied", "Request is not valid yet")
    end = signed_at + timedelta(seconds=int(expires))
    if now >= end:
        raise S3Error(
            "AccessDenied", "Request has expired", Expires=_iso(end), ServerTime=_iso(now)
        )


def _header_claim(request: S3Request, now: datetime) -> _Claim | None:
    header = request.headers.get("authorization")
    if header is None:
        return None
    if header.startswith("AWS "):
        raise _old_signature()
    match = _HEADER.match(header)
    if match is None:
        raise S3Error("AuthorizationHeaderMalformed")
    timestamp = request.headers.get("x-amz-date")
    if timestamp is None:
        raise S3Error("AccessDenied", "AWS authentication requires a valid x-amz-date header")
    if abs(_moment(timestamp, "AccessDenied") - now) > MAX_SKEW:
        raise S3Error("RequestTimeTooSkewed", RequestTime=timestamp, ServerTime=_iso(now))
    if "x-amz-content-sha256" not in request.headers:
        raise S3Error("InvalidRequest", "Missing required header: x-amz-content-sha256")
    key, region = _scope(match[1], timestamp, "AuthorizationHeaderMalformed")
    return _Claim(key, region, timestamp, tuple(match[2].split(";")), match[3], presigned=False)


def _scope(credential: str, timestamp: str, code: str) -> tuple[str, str]:
    """The access key id and region of ``key/date/region/s3/aws4_request``."""
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or parts[1] != timestamp[:8] or parts[3:] != ["s3", "aws4_request"]:
        raise S3Error(code, "The credential must be <key>/<date>/<region>/s3/aws4_request.")
    return parts[0], parts[2]


def _check_coverage(request: S3Request, claim: _Claim) -> None:
    """Every named header must be there; ``host`` and every ``x-amz-`` header must be named."""
    if request.value("x-amz-security-token") is not None:
        raise S3Error("InvalidToken")
    named = set(claim.signed_headers)
    if not named <= request.headers.keys():
        raise S3Error("SignatureDoesNotMatch")
    amazon = {name for name in request.headers if name.startswith("x-amz-")}
    missing = sorted(({"host"} | amazon) - named)
    if missing:
        raise S3Error(
            "AccessDenied",
            "There were headers present in the request which were not signed",
            HeadersNotSigned=", ".join(missing),
        )


def _signature(request: S3Request, claim: _Claim, credentials: Credentials) -> str:
    headers = {name: request.headers[name] for name in claim.signed_headers}
    url = f"http://{request.headers['host']}{request.canonical_path}"
    again = AWSRequest(method=request.method, url=url, headers=headers)
    again.params = [pair for pair in request.query if pair[0] != "X-Amz-Signature"]  # type: ignore[assignment]
    again.context["timestamp"] = claim.timestamp
    kind = _QuerySigner if claim.presigned else _HeaderSigner
    signer = kind(credentials, "s3", claim.region)
    return signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)


def _moment(timestamp: str, code: str) -> datetime:
    try:
        return datetime.strptime(timestamp, _TIMESTAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise S3Error(code, "X-Amz-Date must be in the form YYYYMMDD'T'HHMMSS'Z'.") from error


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _old_signature() -> S3Error:
    return S3Error(
        "InvalidRequest",
        f"The authorization mechanism you have provided is not supported. Please use {ALGORITHM}.",
    )
