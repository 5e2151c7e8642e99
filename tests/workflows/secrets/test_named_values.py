"""Values without a form of their own: found by the name they stand under."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from koda_desktop.workflows.secrets import digest, find_secrets
from tests.workflows.secrets.making import BASE58, HEX, URLSAFE, Maker

_MAKE = Maker(21)
_KEY = _MAKE.draw(32, HEX)
_MIXED = _MAKE.draw(40, URLSAFE)
_WORD = "Tr4vel" + "-Light!"
_UUID = _MAKE.uuid()
_BASIC = base64.b64encode(f"anna:{_WORD}".encode()).decode()
_PHRASE = "maple river sofa cactus hinge walnut tiger pencil orbit velvet spoon garage"


def _n8n(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "nodes": [{"name": "HTTP", "type": "n8n-nodes-base.httpRequest", "parameters": parameters}]
    }


def _pairs(name: str, value: str) -> dict[str, Any]:
    return _n8n({"headerParameters": {"parameters": [{"name": name, "value": value}]}})


def _code(line: str) -> dict[str, Any]:
    return _n8n({"jsCode": f"// call the service\n{line}\nreturn [];"})


CASES: dict[str, tuple[Any, str]] = {
    "header x-api-key": (_pairs("X-API-Key", _KEY), _KEY),
    "header xi-api-key": (_pairs("xi-api-key", _KEY), _KEY),
    "header with a uuid": (_pairs("api-key", _UUID), _UUID),
    "header raw authorization": (_pairs("Authorization", _MIXED), _MIXED),
    "header bearer": (_pairs("Authorization", f"Bearer {_MIXED}"), _MIXED),
    "header bearer in an expression": (_pairs("Authorization", f"=Bearer {_MIXED}"), _MIXED),
    "header quoted in an expression": (_pairs("x-token", "={{ '" + _MIXED + "' }}"), _MIXED),
    "header token scheme": (_pairs("Authorization", f"Token {_KEY}"), _KEY),
    "header basic": (_pairs("Authorization", f"Basic {_BASIC}"), _BASIC),
    "header cookie": (_pairs("Cookie", f"lang=en; sid={_MIXED}"), f"lang=en; sid={_MIXED}"),
    "header subscription key": (_pairs("Ocp-Apim-Subscription-Key", _KEY), _KEY),
    "header RapidAPI": (_pairs("X-RapidAPI-Key", _MIXED), _MIXED),
    "query key": (_pairs("key", _KEY), _KEY),
    "query appid": (_pairs("appid", _KEY), _KEY),
    "query access_token": (_pairs("access_token", _MIXED), _MIXED),
    "key and value": (
        {"flow": [{"mapper": {"headers": [{"key": "apikey", "value": _KEY}]}}]},
        _KEY,
    ),
    "Make mapper": ({"flow": [{"mapper": {"qs": [{"name": "api_token", "value": _KEY}]}}]}, _KEY),
    "Node-RED change": (
        [{"type": "change", "rules": [{"t": "set", "p": "apiKey", "to": _KEY}]}],
        _KEY,
    ),
    "Node-RED environment": (
        [{"type": "tab", "env": [{"name": "DB_PASS", "value": _WORD}]}],
        _WORD,
    ),
    "object apiKey": (_n8n({"apiKey": _KEY}), _KEY),
    "object password": (_n8n({"user": "anna", "password": _WORD}), _WORD),
    "object password of digits": (_n8n({"password": 72948150}), "72948150"),
    "object client_secret": (_n8n({"client_secret": _MIXED}), _MIXED),
    "object accessToken": (_n8n({"accessToken": _MIXED}), _MIXED),
    "object secretAccessKey": (_n8n({"secretAccessKey": _MIXED}), _MIXED),
    "object privateKey": (_n8n({"privateKey": "0x" + (key := _MAKE.draw(64, HEX))}), "0x" + key),
    "object base58 private key": (_n8n({"private_key": (b58 := _MAKE.draw(88, BASE58))}), b58),
    "object mnemonic": (_n8n({"mnemonic": _PHRASE}), _PHRASE),
    "old credential": ({"nodes": [{"credentials": {"imap": {"password": _WORD}}}]}, _WORD),
    "compared": (
        _n8n(
            {"conditions": [{"leftValue": "={{ $json.headers['x-secret'] }}", "rightValue": _KEY}]}
        ),
        _KEY,
    ),
    "JSON body": (
        _n8n({"jsonBody": '={\n  "model": "gpt-4o",\n  "api_key": "' + _KEY + '"\n}'}),
        _KEY,
    ),
    "escaped JSON body": (_n8n({"body": json.dumps(json.dumps({"apiKey": _KEY}))}), _KEY),
    "query in an address": (_n8n({"url": f"https://a.firm.io/v1?q=x&api_key={_KEY}&n=1"}), _KEY),
    "key in an address": (_n8n({"url": f"https://a.firm.io/v1?key={_KEY}"}), _KEY),
    "appid in an address": (_n8n({"url": f"https://a.firm.io/w?q=Rome&appid={_KEY}"}), _KEY),
    "code const": (_code(f"const apiKey = '{_KEY}';"), _KEY),
    "code template string": (_code(f"let AUTH_TOKEN = `{_MIXED}`"), _MIXED),
    "code header": (_code("h['X-Api-Key'] = \"" + _KEY + '";'), _KEY),
    "code object": (_code(f"const o = {{ user: 'anna', password: '{_WORD}' }};"), _WORD),
    "code call": (_code(f"req.setHeader('x-access-token', '{_MIXED}');"), _MIXED),
    "code comparison": (_code(f"if (body.secret !== '{_KEY}') return [];"), _KEY),
    "curl in a note": (_n8n({"content": f'curl -H "X-API-KEY: {_KEY}" https://a.firm.io'}), _KEY),
    "environment file in a note": (_n8n({"content": f"Set\n\nSERVICE_API_KEY={_KEY}\n"}), _KEY),
    "said in a note": (_n8n({"content": f"Login\nPassword: {_WORD}9x\n"}), f"{_WORD}9x"),
    "key said in a note": (_n8n({"content": f"API key: {_KEY}\nthen run it"}), _KEY),
    "key said in bold": (_n8n({"content": f"- **API key:** `{_KEY}`"}), _KEY),
    "token said in bold": (_n8n({"content": f"**Access token**: {_MIXED}"}), _MIXED),
    "user of curl": (
        _n8n({"content": f"curl -X POST \\\n  -u anna:{_WORD} https://a.firm.io"}),
        _WORD,
    ),
    "user of curl in quotes": (
        _n8n({"content": f'curl --user "anna:{_WORD}" https://a.io'}),
        _WORD,
    ),
    "pairs of a connection": (
        _n8n({"c": f"Server=tcp:db.firm.io;User ID=anna;Password={_WORD};Encrypt=True"}),
        _WORD,
    ),
    "Python assignment": (f"import os\nAPI_KEY = '{_KEY}'\n", _KEY),
    "Python dictionary": (f'params = {{"appid": "{_KEY}", "q": city}}\n', _KEY),
    "Python default": (f'token = os.getenv("SERVICE_TOKEN", "{_MIXED}")\n', _MIXED),
    "Python argument": (f"login(user='anna', password='{_WORD}')\n", _WORD),
    "Python bytes": (f"SECRET_KEY = b'{_MIXED}'\n", _MIXED),
    "Zapier header": (
        {"zaps": [{"params": {"headers": {"Authorization": f"Token {_KEY}"}}}]},
        _KEY,
    ),
    "key with a dot": (
        _n8n({"apiKey": (dotted := "a" + _MAKE.draw(31, HEX) + ".Zk" + _MAKE.draw(14))}),
        dotted,
    ),
    "key that begins with a slash": (_n8n({"secretKey": (cut := "/" + _MAKE.draw(39))}), cut),
    "object key": ({"tokens": {f"Bearer {_MIXED}": 1}}, _MIXED),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_it_is_found_once(case: str) -> None:
    content, secret = CASES[case]
    found = find_secrets(content, platform="n8n")
    assert [s.kind for s in found.secrets][1:] == []
    assert found.digests == (digest(secret),)


def test_the_path_is_the_values_own() -> None:
    found = find_secrets(_pairs("X-API-Key", _KEY), platform="n8n", where_prefix="flows/a.json: ")
    assert found.secrets[0].where == (
        "flows/a.json: .nodes[0].parameters.headerParameters.parameters[0].value"
    )


def test_line_and_column_in_source_and_in_code_nodes() -> None:
    source = find_secrets(f"a = 1\nAPI_KEY = '{_KEY}'\n", platform="Python", where_prefix="main.py")
    assert source.secrets[0].where == "main.py, line 2, column 12"
    code = find_secrets(_code(f"const apiKey = '{_KEY}';"), platform="n8n")
    assert code.secrets[0].where == "nodes[0].parameters.jsCode, line 2, column 17"


def test_a_leading_equals_sign_marks_an_expression_in_n8n_only() -> None:
    document = {"password": "=" + _WORD}
    assert find_secrets(document, platform="n8n").digests == (digest(_WORD),)
    assert find_secrets(document, platform="Make").digests == (digest("=" + _WORD),)
