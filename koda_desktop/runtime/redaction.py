"""Keeps secrets out of every text that may be stored or shown to others.

Two ways, both always on: values the program knows to be secret (``register_secret``), and the
shapes secrets have: passwords in connection strings, presigned query strings, Authorization
headers, Stripe keys, and ``name=value`` pairs whose name says what they are. A text that merely
looks like one of these is struck out too; that costs a word of a log line and nothing else.
"""

from __future__ import annotations

import json
import re
import threading
from urllib.parse import quote, quote_plus

STRUCK = "[redacted]"

# Striking out shorter values would garble every line and hide nothing.
SHORTEST_SECRET = 4

_QUOTED = r"""b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.)*'"""
_STOP = r"""\s"'<>"""

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # mongodb://user:password@host. Passwords pasted unescaped may hold @ and /: up to the last @.
    (
        re.compile(rf"(?i)(mongodb(?:\+srv)?://[^{_STOP}:@/]*):[^{_STOP}]*@"),
        rf"\1:{STRUCK}@",
    ),
    (
        re.compile(rf"(?i)(\b[a-z][a-z0-9+.-]*://[^{_STOP}:@/]*):[^{_STOP}/@]+@"),
        rf"\1:{STRUCK}@",
    ),
    # A presigned URL is a key for as long as it lives: its whole query goes.
    (
        re.compile(
            rf"(?i)\?[^{_STOP}]*(?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|"
            rf"Signature)(?:=|%3D)[^{_STOP}]*"
        ),
        f"?{STRUCK}",
    ),
    (
        re.compile(
            r"(?i)(X-Amz-(?:Signature|Credential|Security-Token)[\"']?(?:\s*[=:,]\s*|%3D))"
            rf"(?:{_QUOTED}|[^{_STOP}&,;}}]+)"
        ),
        rf"\1{STRUCK}",
    ),
    # Authorization: Bearer x, 'authorization': 'AWS4-HMAC-SHA256 ...', ('Authorization', 'Basic x')
    (
        re.compile(rf"(?i)(authorization(?:[\"']\s*[:=,]|\s*[:=])\s*)(?:{_QUOTED}|[^\r\n]+)"),
        rf"\1{STRUCK}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {STRUCK}"),
    # Stripe: secret keys, restricted keys and webhook signing secrets.
    (re.compile(r"(?:sk|rk)_[A-Za-z0-9_]{8,}"), STRUCK),
    (re.compile(r"whsec_[A-Za-z0-9+/=_-]+"), STRUCK),
    (
        re.compile(
            r"(?i)([a-z0-9_.-]*(?:secret_?access_?key|api_?key|session_?token|client_?secret|"
            r"password|passwd|aws_secret)[a-z0-9_]*[\"']?\s*[=:]\s*)"
            rf"(?:{_QUOTED}|[^{_STOP}&,;}}]+)"
        ),
        rf"\1{STRUCK}",
    ),
)


class Redactor:
    """Strikes secrets out of texts. Safe to use from every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[str, ...] = ()

    def register_secret(self, value: str) -> None:
        """Strike out ``value`` from now on, also where a URL, repr or JSON writes it escaped.

        Values under SHORTEST_SECRET characters are left to the rules of shape.
        """
        if len(value) < SHORTEST_SECRET:
            return
        with self._lock:
            known = set(self._known) | _spellings(value)
            # The longest first: a secret that contains another is struck out whole.
            self._known = tuple(sorted(known, key=lambda text: (-len(text), text)))

    def redact(self, text: str) -> str:
        """``text`` without its secrets."""
        for secret in self._known:
            text = text.replace(secret, STRUCK)
        for shape, replacement in _RULES:
            text = shape.sub(replacement, text)
        return text


def _spellings(value: str) -> set[str]:
    """The ways ``value`` is written into connection strings, forms, reprs and JSON."""
    raw = value.encode("utf-8", "surrogatepass")
    return {
        value,
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        repr(value)[1:-1],
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
    }
