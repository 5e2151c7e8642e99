from __future__ import annotations

import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from koda_desktop.runtime.redaction import SHORTEST_SECRET, STRUCK, Redactor

# Marked, so that finding one in a text is never a chance.
_TAIL = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\"'<>\\\x85\xa0"),
    min_size=1,
    max_size=30,
)
_TOKEN = st.from_regex(r"Zq7[A-Za-z0-9]{8,40}Zq", fullmatch=True)
_WORDS = st.text(st.sampled_from("abc xyz.,\n"), max_size=30)


def redact(text: str) -> str:
    return Redactor().redact(text)


@given(_WORDS, _TAIL, _WORDS)
def test_passwords_of_connection_strings(before: str, password: str, after: str) -> None:
    secret = f"Zq7{password}Zq"
    for scheme in ("mongodb", "mongodb+srv", "MongoDB"):
        text = f"{before} {scheme}://seller:{secret}@db.example:27017/koda?x=1 {after}"
        shown = redact(text)
        assert "Zq7" not in shown
        assert "seller" in shown
        assert "@db.example:27017" in shown


@given(_TOKEN)
def test_passwords_of_other_addresses(secret: str) -> None:
    assert redact(f"redis://:{secret}@cache:6379") == f"redis://:{STRUCK}@cache:6379"


@given(_WORDS, _TOKEN, _TOKEN, _TOKEN)
def test_presigned_query_strings_go_whole(before: str, key: str, sign: str, session: str) -> None:
    query = urlencode(
        {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{key}/20260101/eu-west-1/s3/aws4_request",
            "X-Amz-Security-Token": session,
            "X-Amz-Signature": sign,
            "partNumber": "3",
        }
    )
    for text in (f"PUT https://s3.example/b/k.json?{query}", f"url='http://h/b/k?{query}', n=1"):
        shown = redact(f"{before} {text}")
        assert "Zq7" not in shown
        assert "X-Amz" not in shown
        assert f"?{STRUCK}" in shown


@given(st.sampled_from(["Signature", "Credential", "Security-Token"]), _TOKEN)
def test_signing_values_outside_an_address(name: str, value: str) -> None:
    for text in (f"X-Amz-{name}={value}&x", f"x-amz-{name}: {value}", f"X-Amz-{name}%3D{value}"):
        assert value not in redact(text)
    for text in (repr({f"X-Amz-{name}": value}), json.dumps({f"X-Amz-{name}": value})):
        assert value not in redact(text)


@given(_WORDS, st.sampled_from(["Bearer", "Basic", "AWS4-HMAC-SHA256 Credential=x,"]), _TOKEN)
def test_authorization_headers(before: str, kind: str, value: str) -> None:
    header = f"{kind} {value}"
    shapes = (
        f"Authorization: {header}",
        f"authorization={header}",
        repr({"Authorization": header}),
        repr([(b"authorization", header.encode())]),
        json.dumps({"Proxy-Authorization": header}),
    )
    for shape in shapes:
        assert value not in redact(f"{before} {shape}")
    assert value not in redact(f"sent Bearer {value}")


@given(st.sampled_from(["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"]), _TOKEN)
def test_stripe_keys(prefix: str, value: str) -> None:
    for text in (f"{prefix}{value}", f"key='{prefix}{value}'", f"x{prefix}{value}."):
        assert value not in redact(text)


@given(
    st.sampled_from(
        ["aws_secret_access_key", "secretAccessKey", "KODA_S3_SECRET_ACCESS_KEY", "password"]
    ),
    _TOKEN,
)
def test_values_whose_name_says_what_they_are(name: str, value: str) -> None:
    for text in (f"{name}={value}", f"{name}: {value}", repr({name: value}), f"{name}='{value} x'"):
        shown = redact(text)
        assert value not in shown
        assert name in shown


@example("x y/z&+%?\"'\\\n", "", "")
@given(st.text(min_size=SHORTEST_SECRET, max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_registered_secrets_in_every_spelling(secret: str, before: str, after: str) -> None:
    # Not made of what is put in its place, nor only of pieces the neighbours bring along.
    assume(not set(secret) & set(STRUCK) and secret not in before + after)
    redactor = Redactor()
    redactor.register_secret(secret)
    raw = secret.encode("utf-8", "surrogatepass")
    for spelled in (secret, quote(raw, safe=""), quote_plus(raw), repr(secret), json.dumps(secret)):
        shown = redactor.redact(f"{before}\n{spelled}\n{after}")
        assert secret not in shown
        assert spelled not in shown


def test_a_secret_inside_another_leaves_no_rest() -> None:
    redactor = Redactor()
    redactor.register_secret("open")
    redactor.register_secret("open-sesame")
    assert redactor.redact("say open-sesame") == f"say {STRUCK}"


def test_too_short_a_secret_does_not_garble_everything() -> None:
    redactor = Redactor()
    redactor.register_secret("")
    redactor.register_secret("abc")
    assert redactor.redact("abcabc") == "abcabc"


@pytest.mark.parametrize(
    "text",
    [
        "published 3 listings in 0.4 s",
        "GET https://example.org/listings?page=2&sort=price",
        "mongodb://db.example:27017/koda?replicaSet=koda",
        "task_manager and risk_free stay",
        "the seller authorizes nothing",
        "a@b.example wrote: hello",
    ],
)
def test_ordinary_lines_are_left_alone(text: str) -> None:
    assert redact(text) == text


@given(st.text())
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
