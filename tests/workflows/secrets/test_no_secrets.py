"""What looks like a secret and is none."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from koda_desktop.workflows.secrets import find_secrets
from tests.workflows.secrets.making import ALNUM, HEX, URLSAFE, Maker

_MAKE = Maker(31)
_SHA = _MAKE.draw(64, HEX)


def _pair(name: str, value: str) -> dict[str, Any]:
    return {"parameters": [{"name": name, "value": value}]}


CASES: dict[str, Any] = {
    "selector authentication": {"authentication": "genericCredentialType"},
    "selector genericAuthType": {"genericAuthType": "httpHeaderAuth"},
    "selector nodeCredentialType": {"nodeCredentialType": "slackOAuth2Api"},
    "selector authenticate": {"authenticate": "predefinedCredentialType"},
    "selector credentialType": {"credentialType": "accessToken", "tokenType": "bearerToken2"},
    "selector option": {"authorization": "oAuth2", "tokenLocation": "headerAuth"},
    "credential reference": {
        "credentials": {"openAiApi": {"id": _MAKE.draw(16), "name": "OpenAi account 2"}}
    },
    "old credential reference": {"credentials": {"httpBasicAuth": "My basic auth 2"}},
    "placeholder braces": _pair("Authorization", "Bearer {{YOUR_KEY}}"),
    "placeholder angle": _pair("x-api-key", "<api key 1>"),
    "placeholder square": _pair("x-api-key", "[YOUR API KEY HERE]"),
    "placeholder loud": _pair("x-api-key", "YOUR_API_KEY_123"),
    "placeholder x": _pair("x-api-key", "xxxxxxxxxxxxxxxx1234"),
    "placeholder stars": {"password": "********", "secret": "s3c***********"},
    "placeholder dots": "key = 'sk" + "-...'; token = 'sk" + "-proj-abc123...'",
    "placeholder vendor": {"text": "sk" + "-your-openai-api-key-goes-here-0000"},
    "placeholder vendor x": {"text": "AI" + "za" + "X" * 35},
    "placeholder vendor count": {"text": "gh" + "p_" + "1234567890abcdefghijABCDEFGHIJ123456"},
    "placeholder AWS": {"text": "AK" + "IA" + "IOSFODNN7EXAMPLE"},
    "placeholder Slack": {"text": "xo" + "xb-your-token-here"},
    "placeholder change me": {"password": "changeme1", "db_password": "change_me_123"},
    "placeholder curl": {"text": "curl -u username:password https://a.io -u $USER:$PASS"},
    "placeholder connection": {"text": "Server=x;User=sa;Password={your_password};a=1"},
    "placeholder in bold": {"text": "**API key:** `your-api-key-goes-here-123`"},
    "said where": {"text": "API key: https://platform.firm.io/api-keys/create-one-now-123"},
    "placeholder words": {"apiKey": "my-secret-api-key-1", "token": "test_token_12"},
    "placeholder own name": {"clientSecret": "client_secret_1", "password": "password123"},
    "placeholder bearer": _pair("Authorization", "Bearer YOUR_ACCESS_TOKEN_1"),
    "placeholder bearer spaced": _pair("Authorization", "Bearer <token>"),
    "placeholder PEM": "-----" + "BEGIN PRIVATE KEY-----\\n...\\n-----" + "END PRIVATE KEY-----",
    "empty": {"password": "", "apiKey": " ", "token": None, "secret": False},
    "expression": _pair("Authorization", "=Bearer {{ $json.access_token1 }}"),
    "expression environment": {"apiKey": "={{ $env.SERVICE_API_KEY_2 }}"},
    "expression variables": {
        "apiKey": "={{$vars.serviceKey2}}",
        "token": "={{ $credentials.key1 }}",
    },
    "expression node": {"token": "={{ $('Get token 2').first().json['access_token1'] }}"},
    "expression in an address": {"url": "=https://a.io/v1?api_key={{ $json.key12345678 }}&a=1"},
    "Make reference": {"mapper": {"token": "{{12.token}}", "apiKey": "{{3.data.apiKey1}}"}},
    "Make reference in a header": _pair("Authorization", "Bearer {{12.access_token}}"),
    "Zapier reference": {"api_key": '{{=gives["27346152"]["api_key1"]}}', "token": "{{8__token}}"},
    "mustache": {"payload": "apikey={{{payload.key12345}}}", "token": "{{flow.token1}}"},
    "environment reference": {"password": "${DB_PASSWORD1}", "token": "$(API_TOKEN_2)"},
    "code reads": "const apiKey = $env.API_KEY_1; let token = items[0].json.token2;\n",
    "Python reads": "token = os.environ['TOKEN1']\npassword = getpass('Password 1: ')\n",
    "Python f-string": 'headers = {"Authorization": f"Bearer {token1}"}\n',
    "Python f-string with a call": "line = f\"secret='{b64encode(self.key2).decode()}'\"\n",
    "Python argument": "def login(user, password=None, token: str = ''): ...\n",
    "uuid ids": {"id": _MAKE.uuid(), "webhookId": _MAKE.uuid(), "versionId": _MAKE.uuid()},
    "instance id": {"meta": {"instanceId": _SHA}},
    "sheet id": {"documentId": {"value": "1" + _MAKE.draw(43, URLSAFE)}},
    "folder id": {"folderId": "1" + _MAKE.draw(32, URLSAFE)},
    "Notion page": {"pageId": _MAKE.draw(32, HEX), "url": "https://www.notion.so/a-" + _SHA[:32]},
    "Airtable ids": {"base": "app" + _MAKE.draw(14), "table": "tbl" + _MAKE.draw(14)},
    "token contract": {"token": "0x" + _MAKE.draw(40, HEX), "tokenAddress": "0x" + _SHA[:40]},
    "token contract cut short": {"name": "token", "value": "0x" + _MAKE.draw(39, HEX)},
    "token mint": {"token": "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"},
    "token mint in a body": {"body": '{"token": "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB"}'},
    "transaction hash": {"tx": "0x" + _SHA, "blockHash": "0x" + _SHA},
    "checksums": {
        "sha256": _SHA,
        "etag": _SHA[:32],
        "checksum": "sha256:" + _SHA,
        "md5": _SHA[:32],
    },
    "address without credentials": {"tokenUrl": "https://a.io/oauth2/token?v=20240101"},
    "token address": {
        "accessTokenUrl": "https://a.io/oauth/token2",
        "token": "https://a.io/t0k3n12",
    },
    "package": {"type": "@n8n/n8n-nodes-langchain.lmChatOpenAi", "name": "n8n-nodes-token-v2"},
    "picture": {"image": "data:image/png;base64," + _MAKE.draw(6000, ALNUM + "+/")},
    "models": {"model": "gpt-4o-mini-2024-07-18", "modelKey": "claude-3-5-sonnet-20241022"},
    "model under a key": {
        "apiKey": "text-embedding-3-small",
        "token": "claude-3-5-sonnet-20241022",
    },
    "colour": {"color": "#ff6d5a", "password": "#FF6D5A"},
    "paging": {"nextPageToken": _MAKE.draw(40), "sync_token": _MAKE.draw(30), "maxTokens": "4096"},
    "names end elsewhere": {"apiKeyName": "prod_key_1a2b3c4d", "secretName": "db/cred/v2x9k3"},
    "plain key": {
        "key": "row_8f3kd93kd93kd93kd93k",
        "sortKey": "created_20240101_v2",
        "partitionKey": "p1",
    },
    "key of escapes": "m(key='\\\\xc3\\\\xa9\\\\xc3\\\\xa8a1b2c3d4')",
    "key of entities": "m(hash='&#228;k2&#246;k3&#252;k4&#223;k5')",
    "long names joined": {
        "text": f"{'sk'}-fading-circle-container-12 app-sidebarnavigationheader1"
    },
    "labels": {"name": "apiKey", "label": "API key 2", "type": "text", "required": True},
    "form field": {"fieldLabel": "Password 2", "fieldType": "password", "placeholder": "Enter it"},
    "type word": {"password": "string", "token": "string", "secret": "required"},
    "prose": {
        "content": "Password: at least 8 characters\nAPI key: see the docs2 page\nToken: none"
    },
    "prose basic": {"content": "Basic understanding of APIs. Bearer authentication-based v2."},
    "prose table": {"content": "| Secret | where |\n| API key: | Settings -> API v2 keys |"},
    "file names": {"token": "token_2024.pickle", "secret": "client_secret_82736.json"},
    "paths": {
        "token": "/var/run/secrets/token1",
        "privateKey": "~/.ssh/id_rsa2",
        "secret": "../s3.d",
        "private_key": "C:\\\\Temp\\\\PRIVATE2.key",
    },
    "idempotency": {"clientRequestToken": _MAKE.uuid(), "changeToken": _MAKE.uuid()},
    "vendor's own example": {"secretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY"},
    "default database": {"dsn": "postgres://postgres:postgres@localhost:5432/app"},
    "sample address": {"url": "https://user:password@example.com/", "b": "https://user:pass@a.io"},
    "address with a port and an at": {"url": "https://a.io:8443/@anna/x"},
    "Basic of placeholders": _pair(
        "Authorization", "Basic " + base64.b64encode(b"username:password").decode()
    ),
    "Basic that is a word": {"content": "Basic dGhpcyBpcyB0ZXh0"},
    "sample JWT": {
        "text": ".".join(
            base64.urlsafe_b64encode(part).decode().rstrip("=")
            for part in (
                b'{"alg":"HS256","typ":"JWT"}',
                b'{"sub":"1234567890","name":"John Doe","iat":1516239022}',
                b"0123456789abcdef0123456789abcdef",
            )
        )
    },
    "publishable Stripe key": {"text": "pk" + "_live_" + _MAKE.draw(24)},
    "documentation webhooks": {
        "a": "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "b": "https://hooks.zapier.com/hooks/catch/your-hook-id/",
        "c": "https://hook.eu1.make.com/your-webhook-id-goes-here-please",
        "d": "https://discord.com/api/webhooks/{id}/{token}",
    },
    "version and time": {"authToken": "2024-05-01T10:00:00Z", "token": "v2.14.1"},
    "comparison of names": "if (type === 'token') key = 'accessToken2';\n",
    "list of names": "fields = ['api_key', 'secret2', 'token', 'password_hash1']\n",
    "regular expression": "re = /sk-[A-Za-z0-9]{20,}/; key = 'AI" + "za[0-9A-Za-z_-]{35}'\n",
}


@pytest.mark.parametrize("case", sorted(CASES))
@pytest.mark.parametrize("platform", ["n8n", "Make"])
def test_nothing_is_reported(case: str, platform: str) -> None:
    assert find_secrets(CASES[case], platform=platform).secrets == ()
