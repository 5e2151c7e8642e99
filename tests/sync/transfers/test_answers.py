from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import KodaError
from koda_desktop.sync.backoff import RETRY_AFTER
from koda_desktop.sync.engine.parts import must_wait
from koda_desktop.sync.transfers.answers import GrantExpired, refusal
from tests.sync.transfers.http_server import ERROR


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "SignatureDoesNotMatch", "wrong-credentials"),
        (403, "InvalidAccessKeyId", "wrong-credentials"),
        (403, "AccessDenied", "wrong-credentials"),
        (403, "", "wrong-credentials"),
        (401, "", "wrong-credentials"),
        (403, "RequestTimeTooSkewed", "clock-wrong"),
        (404, "NoSuchBucket", "missing-resource"),
        (404, "NoSuchKey", "unverified"),
        (301, "PermanentRedirect", "misconfigured"),
        (307, "", "misconfigured"),
        (400, "AuthorizationHeaderMalformed", "misconfigured"),
        (400, "AuthorizationQueryParametersError", "misconfigured"),
        (400, "BadDigest", "unverified"),
        (400, "RequestTimeout", "server-down"),
        (400, "EntityTooLarge", "too-large"),
        (400, "Whatever", "refused"),
        (409, "ConditionalRequestConflict", "server-down"),
        (429, "", "server-down"),
        (500, "InternalError", "server-down"),
        (501, "NotImplemented", "misconfigured"),
        (503, "SlowDown", "server-down"),
        (507, "", "server-down"),
    ],
)
def test_each_refusal_has_its_meaning(status: int, code: str, kind: str) -> None:
    error = refusal(status, {}, ERROR.format(code, "no") if code else "")
    assert error.code == kind
    assert error.facts["status"] == status


@pytest.mark.parametrize(
    ("code", "message"),
    [("AccessDenied", "Request has expired"), ("ExpiredToken", "x"), ("ExpiredRequest", "x")],
)
def test_a_lapsed_leave_is_told_from_a_refusal(code: str, message: str) -> None:
    assert isinstance(refusal(403, {}, ERROR.format(code, message)), GrantExpired)


def test_a_server_that_asks_for_time_gets_it() -> None:
    assert refusal(503, {"retry-after": "12"}, "").facts[RETRY_AFTER] == 12
    assert RETRY_AFTER not in refusal(503, {"retry-after": "tomorrow"}, "").facts


@given(status=st.integers(300, 599), body=st.text())
def test_any_answer_is_told_in_words(status: int, body: str) -> None:
    error = refusal(status, {}, body)
    assert isinstance(error, KodaError)
    assert error.what
    assert must_wait(error) or status < 500
