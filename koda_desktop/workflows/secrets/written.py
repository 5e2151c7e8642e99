"""Secrets whose form is a standard: JWTs, PEM keys, Bearer and Basic, passwords in URLs."""

from __future__ import annotations

import base64
import binascii
import json
import re

from koda_desktop.workflows.secrets.library import is_formally_a_jwt
from koda_desktop.workflows.secrets.literals import is_random_token, looks_random
from koda_desktop.workflows.secrets.placeholders import is_placeholder
from koda_desktop.workflows.secrets.shapes import Shape

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+)?")
_PEM = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:\\+[nr]|[A-Za-z0-9+/=\s:,.]|-(?!-)){40,20000}+(?:-----END [A-Z0-9 ]{5,40}-----)?"
)
_PUTTY = re.compile(r"PuTTY-User-Key-File-\d:[^\x00]{40,4000}+")
# What may not stand before a token is asked after its first character: a pattern that begins with a
# character class is searched for several times faster than one that begins with a look behind.
_TELEGRAM = re.compile(r"(\d(?<!\d\d)\d{7,9}:[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])")
_DISCORD = re.compile(r"([MNO](?<![\w.-].)[\w-]{23,27}\.[\w-]{6}\.[\w-]{27,38})(?![\w-])", re.ASCII)
_FAL = re.compile(
    r"([0-9a-f](?<![\w-].)[0-9a-f]{7}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32})(?![\w-])",
    re.ASCII,
)
_ASANA = re.compile(
    r"([0-2](?<![\w/.-].)/\d{10,19}(?:/\d{10,19})?:[0-9a-f]{32})(?![\w-])", re.ASCII
)
_GHOST = re.compile(r"([0-9a-f](?<![\w-].)[0-9a-f]{23}:[0-9a-f]{64})(?![\w-])", re.ASCII)
_FACEBOOK_APP = re.compile(r"(\d(?<![\w|].)\d{12,16}\|[A-Za-z0-9_-]{27})(?![\w-])", re.ASCII)
_BEARER = re.compile(r"(?i:bearer)(?:\s|%20|\+){1,3}([A-Za-z0-9._~+/=|:-]{12,4096}+)")
_BASIC = re.compile(r"(?i:basic)(?:\s|%20){1,3}([A-Za-z0-9+/_-]{8,512}+={0,2})")
_MAILGUN = re.compile(r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![0-9a-f-])")
_USER_INFO = re.compile(
    r"://(?:[^\s/:@?#\"'<>{}\x00\\]{0,100}+):([^\s/?#@\"'<>\x00\\]{3,200}+)@"
    r"[A-Za-z0-9\[{$]"
)

_CURL_USER = re.compile(
    r"curl\b(?:[^\x00\n\\]|\\\n|\\.){0,400}?\s(?:-u|--user)[ =]\s?[\"']?"
    r"[^\s:\"'\x00]{1,80}:([^\s\"'\\\x00]{6,128}+)"
)

_FEWEST_KEY_CHARACTERS = 20
_SAMPLE_JWT_CLAIMS = ("John Doe", "1234567890")
_SAMPLE_BASIC = frozenset({"aladdin:opensesame", "aladdin:open sesame"})
_DEFAULT_PASSWORDS = frozenset(["pass", "pw", "pwd", "secret", "port", "xxx"])


def jwt_claims(token: str) -> dict[str, object]:
    """The payload of a JWT, unverified; empty where it cannot be read."""
    payload = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _is_jwt(token: str) -> bool:
    # A signature of odd length is a token cut short in the file: no less a leak of its claims.
    head = ".".join(token.split(".")[:2])
    try:
        valid = is_formally_a_jwt(head)
    except RecursionError:
        return False
    return valid and not _is_sample(jwt_claims(token))


def _is_sample(claims: dict[str, object]) -> bool:
    return any(str(claims.get(key)) in _SAMPLE_JWT_CLAIMS for key in ("name", "sub"))


def _is_service_role(token: str) -> bool:
    return _is_jwt(token) and jwt_claims(token).get("role") == "service_role"


def _is_key_material(pem: str) -> bool:
    body = pem.split("-----")[2] if pem.count("-----") >= 2 else ""
    letters = re.sub(r"\\+[nr]|\s", "", body)
    # Long enough to spell any placeholder by chance, so only its variety is judged.
    return len(letters) >= 40 and len(set(letters)) >= _FEWEST_KEY_CHARACTERS and "..." not in body


def _is_bearer(value: str) -> bool:
    return looks_random(value, 12) and not is_placeholder(value)


def _is_basic(encoded: str) -> bool:
    """Whether it decodes to ``user:password`` and neither is a placeholder."""
    standard = encoded.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        raw = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
        pair = raw.decode("utf-8")
    except (binascii.Error, ValueError):
        return False
    user, colon, password = pair.partition(":")
    if not colon or not pair.isprintable() or pair.lower() in _SAMPLE_BASIC:
        return False
    given = password or user
    return len(given) >= 4 and given != user * bool(password) and not is_placeholder(given)


def _is_url_password(password: str) -> bool:
    return not is_placeholder(password) and password.lower() not in _DEFAULT_PASSWORDS


WRITTEN_SHAPES: tuple[Shape, ...] = (
    Shape(
        "Supabase service-role key",
        _JWT,
        ("eyJ",),
        "https://supabase.com/docs/guides/api/api-keys",
        check=_is_service_role,
    ),
    Shape(
        "JSON Web Token", _JWT, ("eyJ",), "https://www.rfc-editor.org/rfc/rfc7519", check=_is_jwt
    ),
    Shape(
        "Private key",
        _PEM,
        ("-----BEGIN ",),
        "https://www.rfc-editor.org/rfc/rfc7468",
        check=_is_key_material,
    ),
    Shape(
        "Private key",
        _PUTTY,
        ("PuTTY-User-Key-File-",),
        "https://tartarus.org/~simon/putty-snapshots/htmldoc/AppendixC.html",
    ),
)
"""Standing alone, whatever is around them."""

CARRIED_SHAPES: tuple[Shape, ...] = (
    Shape(
        "Bearer token",
        _BEARER,
        ("Bearer", "bearer", "BEARER"),
        "https://www.rfc-editor.org/rfc/rfc6750",
        check=_is_bearer,
    ),
    Shape(
        "Basic credentials",
        _BASIC,
        ("Basic", "basic", "BASIC"),
        "https://www.rfc-editor.org/rfc/rfc7617",
        shown=0,
        check=_is_basic,
    ),
    Shape(
        "Password in a URL",
        _USER_INFO,
        ("://",),
        "https://www.rfc-editor.org/rfc/rfc3986",
        shown=0,
        check=_is_url_password,
    ),
    Shape(
        "Password for curl",
        _CURL_USER,
        ("curl ",),
        "https://curl.se/docs/manpage.html#-u",
        shown=0,
        check=_is_url_password,
    ),
)
"""What a header or a URL carries; a token of known shape in it is told by its own name."""

FREE_SHAPES: tuple[Shape, ...] = (
    Shape(
        "Telegram bot token",
        _TELEGRAM,
        (),
        "https://core.telegram.org/bots/api",
        mark=":",
    ),
    Shape(
        "Discord bot token",
        _DISCORD,
        (),
        "https://discord.com/developers/docs/reference",
        mark=".",
    ),
    Shape("fal API key", _FAL, (), "https://docs.fal.ai/authentication/key-based", mark=":"),
    Shape(
        "Asana token",
        _ASANA,
        (),
        "https://developers.asana.com/docs/personal-access-token",
        mark=":",
    ),
    Shape(
        "Ghost admin key",
        _GHOST,
        (),
        "https://docs.ghost.org/admin-api/#token-authentication",
        mark=":",
    ),
    Shape(
        "Meta app token",
        _FACEBOOK_APP,
        (),
        "https://developers.facebook.com/docs/facebook-login/guides/access-tokens",
        check=is_random_token,
        mark="|",
    ),
    Shape(
        "Mailgun API key",
        _MAILGUN,
        ("mailgun",),
        "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth",
    ),
)
"""Without a literal of their own to look for first: run over the whole text. A needle here only
has to stand somewhere in it."""
