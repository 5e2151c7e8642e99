"""What the name of a field says about its value: ``x-api-key``, ``clientSecret``, ``password``.

The last word of a name is its noun: an ``apiKey`` is a key, an ``apiKeyName`` is a name and a
``tokenUrl`` an address. So only the end of a name is looked at. n8n's selectors
(``authentication``, ``genericAuthType``, ``nodeCredentialType``) end in other nouns.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from koda_desktop.workflows.secrets.placeholders import WORDS


class Named(Enum):
    """What a name promises. The value is the kind as it is told to people."""

    PASSWORD = "Password"
    API_KEY = "API key"
    TOKEN = "Access token"
    SECRET = "Secret"
    AUTHORIZATION = "Authorization header"
    COOKIE = "Session cookie"
    PRIVATE_KEY = "Private key"
    PHRASE = "Recovery phrase"
    WEAK_KEY = "Key"


_TAIL_WORDS = frozenset(
    [
        "value",
        "string",
        "str",
        "literal",
        "plain",
        "raw",
        "default",
        "prod",
        "production",
        "dev",
        "development",
        "live",
        "test",
        "staging",
        "sandbox",
        "env",
    ]
)
_NOT_TOKENS = re.compile(
    r"(?:page|next|sync|continuation|continue|cancel|cancellation|stop|eos|bos|csrf|xsrf|start|"
    r"sep|pad|mask|base|quote|input|output|erc20|from|to|sell|buy|unk|delta|skip|cursor|max|min|"
    r"request|change|action|idempotency|native|gas|swap|mint|by|per|of|and|is|has|use|get|with|no)token\Z"
)
_ENDINGS: tuple[tuple[Named, re.Pattern[str]], ...] = (
    (Named.PHRASE, re.compile(r"(?:mnemonic|seedphrase|recoveryphrase|mnemonicphrase)\Z")),
    (Named.PRIVATE_KEY, re.compile(r"(?:privatekey|privkey|walletkey|walletsecret)\Z")),
    (
        Named.PASSWORD,
        re.compile(
            r"(?:password|passwd|passphrase|passcode|pwd|passwort|kennwort|contrasena|contraseña|"
            r"motdepasse|apppass)\Z|(?:\A|user|smtp|imap|db|mail|ftp|ssh|admin)pass\Z|\Asenha\Z"
        ),
    ),
    (
        Named.API_KEY,
        re.compile(
            r"(?:api|access|auth|subscription|app|application|servicerole|serviceaccount|account|"
            r"master|encryption|signing|consumer|anon|rapidapi|hapi|secretaccess|storage|"
            r"integration|developer|dev|client|license|openai|anthropic|gemini|groq|tavily|"
            r"elevenlabs|airtable|sendgrid|stripe|authorization|hmac)key\Z|apisecret\Z|\Aapikey"
        ),
    ),
    (Named.SECRET, re.compile(r"(?:secret|secretkey)\Z")),
    (Named.AUTHORIZATION, re.compile(r"(?:\A|proxy|x|http)authori[sz]ation\Z|\Aauthheader\Z")),
    (Named.TOKEN, re.compile(r"token\Z")),
    (Named.COOKIE, re.compile(r"(?:\A|set)cookie\Z|\Asessionid\Z")),
    (Named.WEAK_KEY, re.compile(r"\A(?:key|appid|code|sig|signature|auth|pass|hash|sid)\Z")),
)
_LONGEST_NAME = 80


def named(name: str) -> Named | None:
    """What a value under ``name`` would be; None for names that promise no secret."""
    if len(name) > _LONGEST_NAME:
        return None
    # Numbers at the end tell nothing, and names that differ in them only are looked at once.
    return _named(name.rstrip("0123456789"))


@lru_cache(maxsize=4096)
def _named(name: str) -> Named | None:
    words = [word.lower() for word in WORDS.findall(name)]
    while len(words) > 1 and words[-1] in _TAIL_WORDS:
        words.pop()
    joined = "".join(words)
    found = next((kind for kind, ending in _ENDINGS if ending.search(joined)), None)
    if found is Named.TOKEN and _NOT_TOKENS.search(joined):
        return None
    return found
