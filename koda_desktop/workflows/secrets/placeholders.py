"""What stands where a secret would stand and is none: placeholders, samples, references, ids."""

from __future__ import annotations

import re

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")
"""The words of an identifier in camelCase, snake_case, kebab-case or prose."""

_REFERENCE = re.compile(
    r"\{\{|\}\}|\$\{|\$\(|%\(|%[sd]\b|<[^<>]*>|\[[A-Z][A-Z _-]*\]|\{[\w.:][^{}\s]*\}|"
    r"\$(?:json|env|node|vars|credentials|input|secrets)\b|process\.env|os\.environ|getenv|"
    r"\[[^\]]*\][{+*]|^__\w+__$|^%\w+%$|^\$[A-Za-z_]\w*$|^(?:self|this|config|settings|args|req|item)\."
)
_ELLIPSIS = re.compile(r"\.\.\.|…|\*\*\*|•••|###|[xX]{5}|(.)\1{6}", re.DOTALL)
_SEQUENCE = re.compile(
    r"0?123456|abcdef(?:gh|123|_|$)|987654|qwerty|0a1b2c3d|1a2b3c|a1b2c3|deadbeef|abc123def|"
    r"abcd1234",
    re.IGNORECASE,
)
_LOUD = re.compile(
    r"(?:\A|[^a-z])your[^a-z]|placeholder|example|changeme|change.me|replace|insert|dummy|"
    r"redacted|goes.?here|key.?here|token.?here|secret.?here|removed",
    re.IGNORECASE,
)
_LOUD_LIST = (
    "your yours placeholder example examples sample change changeme replace replaceme insert dummy "
    "redacted here fake todo hidden removed put enter paste fill"
)
_EMPTY_LIST = (
    "my the a an this that our is in of for from to with and or not no new old some any test demo "
    "foo bar baz xxx xxxx none null nil undefined true false password passwort passwd pass pwd "
    "secret secrets token tokens key keys api apikey access auth bearer basic authorization header "
    "client app id user username login name value string text number type field input public "
    "private super very strong secure default required optional credential credentials webhook bot "
    "oauth refresh session account hash email me it set config env variable var query body param "
    "parameter data abc xyz hello world generic custom admin root guest postgres mysql redis mongo "
    "rabbitmq"
)
_LOUD_WORDS = frozenset(_LOUD_LIST.split())
_EMPTY_WORDS = _LOUD_WORDS | frozenset(_EMPTY_LIST.split())
_BASE58_KEY = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}\Z")
_BASE58_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_FEWEST_DISTINCT = 8
_LONGEST_COUNT = 4

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def is_placeholder(value: str) -> bool:
    """Whether ``value`` says in so many words, or by its pattern, that it is not a real secret."""
    bare = value.strip(" \t\r\n\"'`")
    if (
        not bare
        or "EXAMPLE" in bare
        or _REFERENCE.search(bare)
        or _ELLIPSIS.search(bare)
        or _SEQUENCE.search(bare)
    ):
        return True
    words = [word.lower() for word in WORDS.findall(bare)]
    if any(word in _LOUD_WORDS for word in words if len(word) > 3) and _is_wordy(bare, words):
        return True
    return bool(words) and _only_empty_words(bare, words)


def is_placeholder_token(value: str) -> bool:
    """As is_placeholder, for tokens of known shape, whose random part may spell a short word.

    Whoever writes a key's whole shape and length may have typed a run of the keyboard into it, and
    a real key may hold one by chance: a run decides only where there is little else.
    """
    if _ELLIPSIS.search(value) or _LOUD.search(value):
        return True
    if sum(len(run[0]) for run in _SEQUENCE.finditer(value)) * 2 >= len(value):
        return True
    return "{{" in value or len(set(value)) < _FEWEST_DISTINCT


def is_public_address(value: str) -> bool:
    """A blockchain address: 0x and some 40 hexadecimal digits, or 32 bytes in base58."""
    if re.fullmatch(r"0x[0-9a-fA-F]{36,44}", value):
        return True
    if not _BASE58_KEY.match(value):
        return False
    number = 0
    for char in value:
        number = number * 58 + _BASE58_DIGITS.index(char)
    zeros = len(value) - len(value.lstrip("1"))
    return zeros + (number.bit_length() + 7) // 8 == 32


def _is_wordy(text: str, words: list[str]) -> bool:
    """Whether words make up most of it: a random value may hold a short word by chance."""
    return sum(len(word) for word in words if len(word) > 1) * 2 >= len(text)


def _only_empty_words(text: str, words: list[str]) -> bool:
    digits = sum(char.isdigit() for char in text)
    return digits < _LONGEST_COUNT and all(word in _EMPTY_WORDS for word in words)
