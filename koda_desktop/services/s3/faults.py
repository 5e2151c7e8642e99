"""botocore's errors as KodaErrors: the one place that knows both."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from botocore import exceptions

from koda_desktop.errors import (
    ClockWrong,
    KodaError,
    Misconfigured,
    MissingResource,
    ServerDown,
    WrongCredentials,
)

_CREDENTIALS = {
    "403",
    "401",
    "AccessDenied",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "Forbidden",
}
_CLOCK = {"RequestTimeTooSkewed", "RequestExpired"}
_CLOCK_SECONDS = 300
_MISSING = {"NoSuchBucket"}
_ADDRESS = {
    "400",
    "301",
    "307",
    "PermanentRedirect",
    "TemporaryRedirect",
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "IllegalLocationConstraintException",
}
"""What a store answers to a signature for another region, or that is another region's. The numbers
are those of answers to HEAD, which have no body that says more.
"""

_LATER = {"SlowDown", "Throttling", "RequestTimeout", "InternalError", "ServiceUnavailable"}
_UNREACHABLE = (
    exceptions.EndpointConnectionError,
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.ResponseStreamingError,
    exceptions.IncompleteReadError,
)


@contextlib.contextmanager
def s3_faults() -> Iterator[None]:
    """Raise a KodaError for whatever boto3 raises. No key, secret or signed URL is quoted."""
    try:
        yield
    except exceptions.ClientError as error:
        raise _answered(error) from error
    except exceptions.SSLError as error:
        raise _insecure(str(error)) from error
    except _UNREACHABLE as error:
        raise ServerDown("The object store does not answer.") from error
    except (exceptions.BotoCoreError, ValueError) as error:
        raise Misconfigured(
            "The object store is not set up correctly.",
            remedy="Check endpoint, region, bucket and keys of this workspace.",
            facts={"kind": type(error).__name__},
        ) from error


def error_code(error: exceptions.ClientError) -> str:
    """S3's error code; for a HEAD, which has no body, the HTTP status as text."""
    return str(error.response.get("Error", {}).get("Code", ""))


def http_status(error: exceptions.ClientError) -> int:
    """The HTTP status of the answer; 0 when there is none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _answered(error: exceptions.ClientError) -> KodaError:
    code = error_code(error)
    facts = {"s3_code": code}
    if code in _CLOCK or (code in _CREDENTIALS and _is_far_off(error)):
        return ClockWrong("The object store refuses this computer’s clock.", facts=facts)
    if code in _CREDENTIALS:
        return WrongCredentials("The object store refused the access key.", facts=facts)
    if code in _MISSING:
        return missing_bucket()
    if code in _ADDRESS:
        return wrong_region(facts)
    if code in _LATER or http_status(error) >= 500:
        return ServerDown("The object store could not do it just now.", facts=facts)
    return Misconfigured(
        "The object store refused the request.",
        remedy="Run `koda doctor`; the store’s code is in the log.",
        facts=facts,
    )


def _insecure(reason: str) -> KodaError:
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return Misconfigured(
            "The object store’s certificate is not trusted.",
            remedy="Check the endpoint’s address, or install its certificate on this computer.",
        )
    return Misconfigured(
        "The object store does not speak TLS at this address.",
        remedy="Check the endpoint’s port, and whether it begins with http:// or https://.",
    )


def wrong_region(facts: Mapping[str, object]) -> Misconfigured:
    """The fault of a bucket that is reached, or signed for, as if it were elsewhere."""
    return Misconfigured(
        "The bucket is in another region than this workspace says, or at another address.",
        remedy="Correct the region and the endpoint of this workspace.",
        facts=facts,
    )


def _is_far_off(error: exceptions.ClientError) -> bool:
    """Whether the store's clock is far from ours. An answer to HEAD has no body that says so."""
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return False
    return abs((theirs - datetime.now(UTC)).total_seconds()) > _CLOCK_SECONDS


def missing_bucket() -> MissingResource:
    """The fault of a bucket that is not there."""
    return MissingResource(
        "The bucket does not exist in the object store.",
        remedy="Create the bucket, or correct its name in this workspace.",
    )
