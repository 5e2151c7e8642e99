"""Tokens of known form are found wherever they stand, and addresses that carry one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from koda_desktop.workflows.secrets import digest, find_secrets
from tests.workflows.secrets.making import Maker, addresses, vendor_tokens

_TOKENS = vendor_tokens(Maker(11))
_ADDRESSES = addresses(Maker(12))


def _in_a_field(token: str) -> Any:
    return {"nodes": [{"parameters": {"text": token}}]}


def _in_a_header_pair(token: str) -> Any:
    pairs = [
        {"name": "accept", "value": "*/*"},
        {"name": "Authorization", "value": f"Bearer {token}"},
    ]
    return {"nodes": [{"parameters": {"headerParameters": {"parameters": pairs}}}]}


def _in_code(token: str) -> Any:
    code = f"const items = $input.all();\nconst apiKey = {json.dumps(token)};\nreturn items;"
    return {"nodes": [{"parameters": {"jsCode": code}}]}


def _in_a_body(token: str) -> Any:
    return {"flow": [{"mapper": {"data": '={"key": "' + token.replace("\n", "\\n") + '"}'}}]}


def _in_an_expression(token: str) -> Any:
    return {"nodes": [{"parameters": {"url": "={{ $json.a + '" + token + "' }}"}}]}


def _in_a_note(token: str) -> Any:
    return [{"type": "comment", "info": f"Set up\n\nUse my key {token}\n and go"}]


def _in_source(token: str) -> Any:
    return f"import os\n\nCLIENT = Client('''{token}''')\n"


_CARRIERS: tuple[Callable[[str], Any], ...] = (
    _in_a_field,
    _in_a_header_pair,
    _in_code,
    _in_a_body,
    _in_an_expression,
    _in_a_note,
    _in_source,
)


@pytest.mark.parametrize("carrier", _CARRIERS, ids=lambda carrier: carrier.__name__[1:])
@pytest.mark.parametrize("vendor", sorted(_TOKENS))
def test_a_vendor_token_is_found_once(vendor: str, carrier: Callable[[str], Any]) -> None:
    token = _TOKENS[vendor]
    found = find_secrets(carrier(token), platform="n8n")
    assert len(found.secrets) == 1, found.secrets
    if "\n" not in token:
        assert found.digests == (digest(token),)


@pytest.mark.parametrize("name", sorted(_ADDRESSES))
def test_an_address_that_carries_a_secret_is_found_once(name: str) -> None:
    address, secret = _ADDRESSES[name]
    document = {"nodes": [{"parameters": {"url": address, "note": f"call {address} now"}}]}
    found = find_secrets(document, platform="n8n")
    assert found.digests == (digest(secret), digest(secret))
    assert [s.where for s in found.secrets] == [
        "nodes[0].parameters.url",
        "nodes[0].parameters.note",
    ]


def test_other_draws_of_the_same_forms_are_found() -> None:
    missed = [
        (seed, vendor)
        for seed in range(40)
        for vendor, token in vendor_tokens(Maker(1000 + seed)).items()
        if not find_secrets({"text": f"use {token}, please"}, platform="Make").secrets
    ]
    assert missed == []


def test_the_kind_names_the_vendor() -> None:
    tokens = _TOKENS["Anthropic"], _TOKENS["Notion"], _TOKENS["Supabase service role"]
    kinds = [s.kind for s in find_secrets(list(tokens), platform="Other").secrets]
    assert kinds == ["Anthropic API key", "Notion token", "Supabase service-role key"]


def test_the_library_adds_what_the_tables_lack() -> None:
    kinds = [s.kind for s in find_secrets([_TOKENS["PyPI"]], platform="Other").secrets]
    assert kinds == ["PyPI Token"]


@pytest.mark.parametrize("before", ["\\n", "\\t", "token%3D", "=", "('", "bot", " ", "\n", ":"])
def test_what_may_stand_before_a_token(before: str) -> None:
    token = _TOKENS["Telegram"] if before == "bot" else _TOKENS["Groq"]
    found = find_secrets({"text": f"x {before}{token} y"}, platform="n8n")
    assert digest(token) in found.digests


def test_a_token_inside_a_longer_word_is_none() -> None:
    longer = "a" + _TOKENS["Groq"], _TOKENS["Hugging Face"] + "a" * 60, "9" + _TOKENS["AWS"]
    assert find_secrets(list(longer), platform="n8n").secrets == ()


def test_pictures_in_base64_are_not_searched() -> None:
    make = Maker(5)
    picture = make.draw(3000) + "/" + _TOKENS["AWS"] + "/" + make.draw(3000)
    assert find_secrets({"image": "data:image/png;base64," + picture}, platform="n8n").secrets == ()
