"""Whether a value that stands under a telling name is a literal secret.

Expressions and references are taken out first: what n8n, Make, Zapier and Node-RED fill in at run
time (``={{ $json.token }}``, ``{{12.token}}``, ``${TOKEN}``) is not in the file. What is left
must look like something a machine or a careful person made up.
"""

from __future__ import annotations

import re

from koda_desktop.workflows.secrets.names import Named
from koda_desktop.workflows.secrets.placeholders import (
    UUID,
    WORDS,
    is_placeholder,
    is_placeholder_token,
    is_public_address,
)

Span = tuple[int, int]

_LONGEST = 4096
_REFERENCE = re.compile(r"\{\{(?:[^{}]|\{(?!\{)|\}(?!\}))*+(?:\}\}|\Z)")
_ONE_LITERAL = re.compile(r"""=?\s*\{\{\s*(["'`])((?:(?!\1)[^\\\n])*+)\1\s*\}\}\s*\Z""")
# Basic is left in: what follows it is judged by what it decodes to, in ``written``.
_SCHEME = re.compile(
    r"(?:bearer|token|apikey|api-key|key|bot|oauth|klaviyo-api-key|zoho-oauthtoken)"
    r"[\s:=]+",
    re.IGNORECASE,
)
_NOT_A_SECRET = re.compile(
    r"[a-z][a-z0-9+.-]*://|data:|[a-z]:\\|(?-i:~?/(?:[a-z0-9_.-]{1,24}/|[a-z_-]{1,24}\Z)|\.{1,2}/)|@[\w-]+/|"
    r"[\w.+-]+@[\w-]+\.[\w.]+\Z|"
    r"[\w./\\ -]+\.(?:json|pickle|pkl|txt|env|pem|key|ya?ml|csv|html?|py|js|ts|php|ini|cfg|db)\Z|"
    r"\d{4}-\d\d-\d\d|#[0-9a-fA-F]{3,8}\Z|[\w.]+\(|"
    r"(?:sha(?:1|256|384|512)|md5)[-:]",
    re.IGNORECASE,
)
_PIECES = re.compile(r"[-_./: ]+")
_IDENTIFIER_PATH = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|\?\.|->)[A-Za-z_$][\w$]*|\[[^\]]*\])+\Z")
_MNEMONIC = re.compile(r"[a-z]{3,8}(?:[ ,]+[a-z]{3,8}){11,23}\Z")
_HEX_KEY = re.compile(r"(?:0x)?[0-9a-fA-F]{64}\Z")
_BASE58_KEY = re.compile(r"[1-9A-HJ-NP-Za-km-z]{50,90}\Z")
_APP_PASSWORD = re.compile(r"[a-z]{4}(?: [a-z]{4}){3}\Z|[A-Za-z0-9]{4}(?: [A-Za-z0-9]{4}){5}\Z")
"""As Google and WordPress show those that are made for one application."""
_ESCAPED = re.compile(r"\\|&#?\w{1,8};")
_COOKIE = re.compile(r"=([^=;,\s]{16,}+)")
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 6, 128
_SHORTEST_KEY = {Named.WEAK_KEY: 20, Named.TOKEN: 12}
_UI_WORDS = frozenset(
    ["string", "number", "boolean", "textfield", "varchar", "required", "optional", "hidden"]
)


def secret_spans(kind: Named, value: str, *, expressions: bool = True) -> list[Span]:
    """Where in ``value``, found under a name that promises ``kind``, a literal secret stands.

    With ``expressions`` a leading ``=`` marks one and is no part of the value.
    """
    if len(value) > _LONGEST:
        return []
    return [
        (start, end)
        for start, end in (_unscheme(value, span) for span in _literal_parts(value, expressions))
        if _is_secret(kind, value[start:end])
    ]


def looks_random(value: str, shortest: int) -> bool:
    """Whether ``value`` was made by a machine: letters and digits mixed, and no readable words."""
    if len(value) < shortest or any(char.isspace() for char in value):
        return False
    letters = sum(char.isalpha() for char in value)
    if not letters:
        return False
    if any(char.isdigit() for char in value):
        return not all(_readable(piece) for piece in _PIECES.split(value))
    return len(value) >= 20 and value.isascii() and _jumbled(value)


def is_random_token(value: str) -> bool:
    """For tokens whose prefix is short or a word: whether what follows was made by a machine."""
    return looks_random(value, 20) and not is_placeholder_token(value)


def _literal_parts(value: str, expressions: bool) -> list[Span]:
    """The parts of ``value`` outside its expressions; one quoted literal in one counts too."""
    quoted = _ONE_LITERAL.match(value)
    if quoted:
        return [quoted.span(2)]
    parts: list[Span] = []
    start = 1 if expressions and value.startswith("=") else 0
    for reference in _REFERENCE.finditer(value):
        parts.append((start, reference.start()))
        start = reference.end()
    parts.append((start, len(value)))
    return [part for part in (_stripped(value, span) for span in parts) if part[0] < part[1]]


def _stripped(value: str, span: Span) -> Span:
    start, end = span
    while start < end and (value[start].isspace() or value[start] in "\"'`"):
        start += 1
    while end > start and (value[end - 1].isspace() or value[end - 1] in "\"'`,;"):
        end -= 1
    return start, end


def _unscheme(value: str, span: Span) -> Span:
    scheme = _SCHEME.match(value, *span)
    return (scheme.end(), span[1]) if scheme else span


def _is_secret(kind: Named, value: str) -> bool:
    if kind is Named.PHRASE:
        return bool(_MNEMONIC.match(value.strip())) and len(set(value.split())) > 8
    if kind is Named.COOKIE:
        return any(
            looks_random(m[1], 16) and not is_placeholder(m[1]) for m in _COOKIE.finditer(value)
        )
    if _NOT_A_SECRET.match(value) or _is_code(value) or is_placeholder(value):
        return False
    if kind is Named.PASSWORD:
        return _is_password(value)
    if kind is Named.PRIVATE_KEY:
        return bool(_HEX_KEY.match(value) or _BASE58_KEY.match(value)) or looks_random(value, 32)
    if kind in (Named.TOKEN, Named.WEAK_KEY) and is_public_address(value):
        return False
    if kind is Named.WEAK_KEY and (UUID.match(value) or _ESCAPED.search(value)):
        return False
    return looks_random(value, _SHORTEST_KEY.get(kind, 10))


def _is_password(value: str) -> bool:
    if not _SHORTEST_PASSWORD <= len(value) <= _LONGEST_PASSWORD:
        return False
    if _APP_PASSWORD.match(value):
        return True
    if any(char.isspace() for char in value) or value.lower() in _UI_WORDS:
        return False
    odd = any(char.isdigit() or char in "!@#$%^&*+=?~" for char in value)
    return odd or _jumbled(value)


def _is_code(value: str) -> bool:
    """Whether it reads as ``config.token1``; a key may hold a dot too, between random parts."""
    if not _IDENTIFIER_PATH.match(value):
        return False
    return not any(looks_random(piece, 16) for piece in value.split("."))


def _readable(piece: str) -> bool:
    """A word, a short number, or a short mix such as ``4o`` or ``v2``."""
    if len(piece) <= 3 or (piece.isdigit() and len(piece) <= 8):
        return True
    stem = piece.rstrip("0123456789")
    return stem.isalpha() and len(piece) - len(stem) <= 4 and not _jumbled(stem) and len(stem) < 24


def _jumbled(letters: str) -> bool:
    """Whether upper and lower case change as they never do in words: short runs, no pattern."""
    words = WORDS.findall(letters)
    return len(letters) >= 8 and len(words) * 3 > len(letters)
