"""No part of a secret is ever shown but the prefix its kind is known by."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.secrets import MOST_SECRETS, Findings, digest, find_secrets
from koda_desktop.workflows.secrets.findings import masked
from tests.workflows.secrets.making import HEX, Maker, addresses, vendor_tokens
from tests.workflows.secrets.test_named_values import CASES


def _is_whole(address: str, secret: str) -> bool:
    return address.removeprefix("https://").rstrip("/") == secret


_SECRETS = [
    *vendor_tokens(Maker(41)).values(),
    *(secret for whole, secret in addresses(Maker(42)).values() if _is_whole(whole, secret)),
]
"""All are known without a name or an address around them."""


def _shown(found: Findings) -> str:
    """Everything of the findings that can be read: fields, repr and JSON; kinds are constants."""
    parts = [f"{s.where} {s.masked} {s.as_json() | {'kind': ''}}" for s in found.secrets]
    parts += [repr(problem) for problem in found.personal]
    return " ".join(parts) + repr(Findings(personal=found.personal, digests=found.digests))


def _windows(secret: str) -> set[str]:
    return {secret[i : i + 8] for i in range(max(1, len(secret) - 7))}


def _leaked(found: Findings, secret: str) -> list[str]:
    shown = _shown(found)
    return [window for window in _windows(secret) if window in shown]


@given(
    st.sampled_from(_SECRETS),
    st.sampled_from(["{}", "a {} b", "Bearer {}", "x\ny = '{}'\n", "https://u:{}@h.io"]),
    st.sampled_from(["text", "password", "apiKey", "{}", "a{}"]),
)
def test_nothing_shows_a_secret(secret: str, carrier: str, key: str) -> None:
    key = key.format(secret)
    document = {"a": [{key: {"deep": [carrier.format(secret), {key: secret}]}}]}
    found = find_secrets(document, platform="n8n")
    assert found.secrets
    assert _leaked(found, secret) == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_named_values_are_not_shown(case: str) -> None:
    content, secret = CASES[case]
    found = find_secrets(
        {secret: content} if isinstance(content, dict) else content, platform="n8n"
    )
    assert _leaked(found, secret) == []


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        find_secrets(_SECRETS, platform="n8n")
    assert caplog.records == []


@given(st.text(), st.integers(0, 50))
def test_a_mask_shows_a_quarter_and_four_at_most(value: str, shown: int) -> None:
    prefix, _, _ = masked(value, shown).partition("…" if "…" not in value else "… (")
    assert len(prefix) <= min(4, len(value) // 4, shown)
    assert masked(value, shown).isprintable()


def test_passwords_show_nothing_and_tokens_their_prefix() -> None:
    make = Maker(43)
    token = "gs" + "k_" + make.draw(52)
    found = find_secrets({"password": "Tr4vel" + "-Light!", "a": token}, platform="n8n")
    assert sorted(s.masked for s in found.secrets) == ["gsk_… (56 characters)", "… (13 characters)"]


def test_an_email_address_next_to_its_own_password_is_not_quoted() -> None:
    word = "zq7!x" + "@firm-tool.io"
    found = find_secrets({"password": word, "to": "anna" + "@firm-tool.io"}, platform="n8n")
    assert [s.kind for s in found.secrets] == ["Password"]
    assert _leaked(found, word) == []


def test_allowed_values_are_left_out_by_their_digest() -> None:
    first, second = (Maker(seed).draw(32, HEX) for seed in (1, 2))
    document = {"apiKey": first, "nested": {"apiKey": second, "header": f"Bearer {first}"}}
    found = find_secrets(document, platform="n8n", allowed=frozenset({digest(first)}))
    assert found.digests == (digest(second),)
    assert [s.where for s in found.secrets] == ["nested.apiKey"]


def test_the_same_value_in_two_places_is_two_findings_and_never_more() -> None:
    key = Maker(3).draw(32, HEX)
    document: Any = {"apiKey": key, "b": f"Bearer {key}", "c": f"Bearer {key}, Bearer {key}"}
    found = find_secrets(document, platform="n8n")
    assert sorted(s.where for s in found.secrets) == ["apiKey", "b", "c"]


def test_the_list_is_cut_and_the_rest_counted() -> None:
    make = Maker(4)
    keys = [{"apiKey": make.draw(32, HEX)} for _ in range(MOST_SECRETS + 7)]
    found = find_secrets(keys, platform="n8n")
    assert len(found.secrets) == len(found.digests) == MOST_SECRETS
    (more,) = found.personal
    assert more.code == "more-secrets"
    assert more.message.startswith("7 more")
