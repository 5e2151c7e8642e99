"""Keys of any form in the places where sellers leave them, on every platform."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from koda_desktop.workflows.secrets import digest, find_secrets
from tests.workflows.secrets.making import Maker, unmarked_tokens, vendor_tokens


def _n8n(**parameters: Any) -> Any:
    return {"nodes": [{"type": "n8n-nodes-base.httpRequest", "parameters": parameters}]}


def _zap(**params: Any) -> Any:
    return {"zaps": [{"nodes": {"1": {"params": params}}}]}


def _flow(**mapper: Any) -> Any:
    return {"flow": [{"id": 2, "module": "http:ActionSendData", "mapper": mapper}]}


PLACES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "n8n header": ("n8n", lambda key: _n8n(headers={"p": [{"name": "x-api-key", "value": key}]})),
    "n8n header as JSON": ("n8n", lambda key: _n8n(jsonHeaders=json.dumps({"X-API-KEY": key}))),
    "n8n bearer": (
        "n8n",
        lambda key: _n8n(headers={"p": [{"name": "Authorization", "value": f"Bearer {key}"}]}),
    ),
    "n8n query": (
        "n8n",
        lambda key: _n8n(url=f"=https://a.io/v1?api_key={key}&q={{{{ $json.q }}}}"),
    ),
    "n8n set node": (
        "n8n",
        lambda key: _n8n(assignments={"assignments": [{"name": "apiKey", "value": key}]}),
    ),
    "n8n old set node": (
        "n8n",
        lambda key: _n8n(values={"string": [{"name": "API_TOKEN", "value": key}]}),
    ),
    "n8n body": ("n8n", lambda key: _n8n(jsonBody='={\n  "api_key": ' + json.dumps(key) + "\n}")),
    "n8n code": ("n8n", lambda key: _n8n(jsCode=f"const apiKey = {json.dumps(key)};\nreturn [];")),
    "n8n code, header": (
        "n8n",
        lambda key: _n8n(jsCode=f"const headers = {{ 'X-Api-Key': '{key}' }};"),
    ),
    "n8n pinned answer": (
        "n8n",
        lambda key: {"nodes": [], "pinData": {"A": [{"json": {"access_token": key}}]}},
    ),
    "n8n inline credential": (
        "n8n",
        lambda key: {"nodes": [{"credentials": {"httpHeaderAuth": {"apiKey": key}}}]},
    ),
    "curl in a note": ("n8n", lambda key: _n8n(content=f'curl -H "x-api-key: {key}" https://a.io')),
    "Make header": ("Make", lambda key: _flow(headers=[{"name": "api-key", "value": key}])),
    "Make query": ("Make", lambda key: _flow(qs=[{"name": "apikey", "value": key}])),
    "Make body": ("Make", lambda key: _flow(data='{"apiKey":"' + key + '","q":"{{1.q}}"}')),
    "Make variable": ("Make", lambda key: _flow(variables=[{"name": "apiKey", "value": key}])),
    "Zapier field": ("Zapier", lambda key: _zap(api_key=key)),
    "Zapier code": ("Zapier", lambda key: _zap(code=f"api_key = '{key}'")),
    "Node-RED function": (
        "Other",
        lambda key: [{"type": "function", "func": f'msg.apiKey = "{key}";'}],
    ),
    "Node-RED headers": (
        "Other",
        lambda key: [{"type": "function", "func": f'msg.headers = {{"X-Api-Key": "{key}"}};'}],
    ),
    "Node-RED change": (
        "Other",
        lambda key: [{"type": "change", "rules": [{"p": "headers.apikey", "to": key}]}],
    ),
    "Node-RED environment": (
        "Other",
        lambda key: [{"type": "tab", "env": [{"name": "API_KEY", "value": key}]}],
    ),
    "Python constant": ("Python", lambda key: f"API_KEY = {key!r}\n"),
    "Python argument": ("Python", lambda key: f"client = Client(api_key={key!r}, retries=2)\n"),
    "Python default": ("Python", lambda key: f'key = os.environ.get("API_KEY", "{key}")\n'),
    "Python environment": ("Python", lambda key: f'os.environ["SERVICE_API_KEY"] = "{key}"\n'),
    "Python header": ("Python", lambda key: f'headers = {{"Authorization": "Bearer {key}"}}\n'),
    "Python settings": ("Python", lambda key: f'CONFIG = {{\n    "api_key": "{key}",\n}}\n'),
    "environment file": ("Other", lambda key: f"DEBUG=1\nSERVICE_API_KEY={key}\nPORT=80\n"),
}

_KEYS = {
    name: key
    for name, key in (vendor_tokens(Maker(51)) | unmarked_tokens(Maker(52))).items()
    if "\n" not in key
}


@pytest.mark.parametrize("place", sorted(PLACES))
def test_at_least_95_of_100_keys_are_found_in_each_place(place: str) -> None:
    platform, holding = PLACES[place]
    missed = [
        name
        for name, key in _KEYS.items()
        if digest(key) not in find_secrets(holding(key), platform=platform).digests
    ]
    assert len(missed) * 20 <= len(_KEYS), missed


def test_few_of_all_keys_are_missed_anywhere() -> None:
    tried = [
        digest(key) in find_secrets(holding(key), platform=platform).digests
        for platform, holding in PLACES.values()
        for key in _KEYS.values()
    ]
    assert len(tried) > 3000
    assert tried.count(False) * 50 <= len(tried)


@pytest.mark.parametrize(
    "password",
    ["kfzr wqpl mxtv bnhd", "aB3d eF6h iJ9k lM2n oP5q rS8t"],
    ids=["Google", "WordPress"],
)
def test_a_password_made_for_one_application_is_found(password: str) -> None:
    found = find_secrets({"smtp": {"password": password}}, platform="n8n")
    assert found.digests == (digest(password),)
