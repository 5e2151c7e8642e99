"""Personal and local data: nothing that blocks publishing, but a seller wants to know of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from koda_desktop.workflows.secrets.findings import masked

_EMAIL = re.compile(
    r"(?<![\w.+%@/:-])([A-Za-z0-9][A-Za-z0-9._%+-]{0,63})@"
    r"((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,18})(?![\w@-])",
    re.ASCII,
)
_USER_BACKWARDS = re.compile(r"[A-Za-z0-9._%+-]{1,64}+(?![A-Za-z0-9._%+-])")
# The first character comes before the look behind it: such patterns are found several times faster.
_PHONE = re.compile(
    r"\+(?<![\w+.=/*)-]\+)[1-9]\d{0,2}(?:[ .()-]{0,2}\d){7,12}(?![\w.]*\w)", re.ASCII
)
_LOCAL = re.compile(
    r"(?<![\w.-])(?:10\.\d{1,3}\.\d{1,3}\.\d{1,3}|192\.168\.\d{1,3}\.\d{1,3}|"
    r"172\.(?:1[6-9]|2\d|3[01])\.\d{1,3}\.\d{1,3})(?![\w.-])|"
    r"//((?:localhost|127\.0\.0\.1|host\.docker\.internal):\d{2,5}|"
    r"[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){0,3}\.(?:local|lan|internal)(?::\d{2,5})?)(?![\w.-])",
    re.ASCII,
)
_IBAN = re.compile(
    r"[A-Z](?<![\w+/-].)[A-Z]\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\w+/-])"
)
_CARD = re.compile(r"[3-6](?<![\w.+/-].)\d{3}(?:[ -]?\d{4}){2}[ -]?\d{3,4}(?![\w.+/-])", re.ASCII)
_HOOK = re.compile(
    r"//([A-Za-z0-9.-]{1,120}(?::\d{2,5})?)/(?:webhook|webhook-test|form|form-test)/"
    r"[A-Za-z0-9][A-Za-z0-9_/-]{2,100}|//(e[on][a-z0-9]{12,20}\.m\.pipedream\.net)|"
    r"//(script\.google\.com/macros/s/AKfyc[\w-]{20,90})",
    re.ASCII,
)

_SAMPLE_HOST = re.compile(
    r"(?:\A|\.)(?:example|test|invalid|localhost|sample)(?:\.\w+)*\Z|"
    r"(?:\A|\.)(?:domain|company|companyname|email|website|yoursite|mycompany|acme|abc|xyz|foo|bar|"
    r"business|organization|yourorg|client|customer|host|server|mail|site)\.\w{2,4}(?:\.\w{2})?\Z|"
    r"your|placeholder|example",
    re.IGNORECASE,
)
_SAMPLE_USER = re.compile(
    r"\A(?:no-?reply|do-?not-?reply|donotreply|name|user|username|you|me|email|e-mail|test|"
    r"someone|somebody|recipient|sender|example|sample|foo|bar|john\.?doe|jane\.?doe|john|jane|"
    r"git|admin|mail|demo|abc|xyz|first\.?last|firstname\.lastname|person|customer|client)\d*\Z|"
    r"your|my[-_.]?email|placeholder|example|noreply|no-reply",
    re.IGNORECASE,
)
_FILE_ENDING = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|js|css|json|html?|py|md|txt|pdf|mp[34]|zip|latest)\Z",
    re.IGNORECASE,
)
_FICTIONAL_PHONE = re.compile(
    r"1?555|1\d{3}55501|(\d)\1{5}|123456|0000000|987654|4420794601|44113496"
)
_TEST_CARDS = re.compile(r"4242424242|411111111|5555555555|400000|378282246|6011111|4012888")
_IBAN_SAMPLES = frozenset({"DE89370400440532013000", "GB29NWBK60161331926819"})


@dataclass(frozen=True, slots=True)
class Trace:
    """One kind of personal data: ``describe`` gives the masked text, or "" for no finding.

    ``starts`` gives the only places where ``pattern`` can match; without it all are tried.
    """

    code: str
    pattern: re.Pattern[str]
    label: str
    advice: str
    describe: Callable[[re.Match[str]], str]
    starts: Callable[[str], Iterable[int]] | None = None

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        if self.starts is None:
            yield from self.pattern.finditer(text)
            return
        done = 0
        for start in self.starts(text):
            match = self.pattern.match(text, start) if start >= done else None
            if match:
                done = match.end()
                yield match


def _places_of(needles: Iterable[str], text: str) -> Iterator[int]:
    for needle in needles:
        position = text.find(needle)
        while position >= 0:
            yield position
            position = text.find(needle, position + 1)


def _addressees(text: str) -> Iterator[int]:
    """Where what stands before an at sign begins."""
    for sign in _places_of("@", text):
        if text[sign - 1 : sign] not in ("", "@", " ", "\n"):
            user = _USER_BACKWARDS.match(text[max(0, sign - 65) : sign][::-1])
            if user:
                yield sign - user.end()


def _local_addresses(text: str) -> list[int]:
    return sorted(_places_of(("10.", "192.168.", "172.", "//"), text))


def _email(match: re.Match[str]) -> str:
    user, host = match[1], match[2]
    if _SAMPLE_HOST.search(host) or _SAMPLE_USER.search(user) or _FILE_ENDING.search(host):
        return ""
    return f"{user[0]}…@{host}"


def _phone(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    if not 10 <= len(digits) <= 15 or _FICTIONAL_PHONE.search(digits) or len(set(digits)) < 4:
        return ""
    return masked("+" + digits, 3)


def _local(match: re.Match[str]) -> str:
    host = match[1] or match[0]
    octets = host.split(":")[0].split(".")
    if all(octet.isdigit() for octet in octets) and any(int(octet) > 255 for octet in octets):
        return ""
    return host[:80]


def _iban(match: re.Match[str]) -> str:
    compact = match[0].replace(" ", "")
    turned = compact[4:] + compact[:4]
    number = int("".join(str(int(char, 36)) for char in turned))
    if number % 97 != 1 or not 15 <= len(compact) <= 34 or compact in _IBAN_SAMPLES:
        return ""
    return masked(compact, 2)


def _card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    if not 15 <= len(digits) <= 16 or _TEST_CARDS.search(digits) or not _luhn(digits):
        return ""
    return masked(digits, 4)


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: the check digit of card numbers."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0 and len(set(digits)) > 4


def _hook(match: re.Match[str]) -> str:
    host = str(match[1] or match[2] or "script.google.com")
    bare = host.split(":")[0]
    if "." not in bare or _SAMPLE_HOST.search(bare) or bare.endswith((".local", ".internal")):
        return ""
    if not match[1]:
        return host
    return "" if bare in ("127.0.0.1", "discord.com", "docs.n8n.io", "n8n.io") else host


TRACES: tuple[Trace, ...] = (
    Trace(
        "email-address",
        _EMAIL,
        "An e-mail address",
        "Replace it with a field the buyer fills in.",
        _email,
        _addressees,
    ),
    Trace(
        "phone-number",
        _PHONE,
        "A phone number",
        "Replace it with a field the buyer fills in.",
        _phone,
    ),
    Trace(
        "local-address",
        _LOCAL,
        "An address in your own network",
        "It means nothing to the buyer; use an address that can be set.",
        _local,
        _local_addresses,
    ),
    Trace(
        "webhook-address",
        _HOOK,
        "The address of your own webhook",
        "The buyer would call your instance; use an address that can be set.",
        _hook,
    ),
    Trace("iban", _IBAN, "A bank account number (IBAN)", "Remove it.", _iban),
    Trace("card-number", _CARD, "A payment card number", "Remove it.", _card),
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Personal data at ``start:end`` of a text, with the only form in which it is shown."""

    trace: Trace
    start: int
    end: int
    shown: str


def sightings(text: str) -> Iterator[Sighting]:
    """All personal and local data in ``text``."""
    for trace in TRACES:
        for match in trace.matches(text):
            shown = trace.describe(match)
            if shown:
                yield Sighting(trace, *match.span(), shown)
