"""``name = value`` inside texts: code, JSON bodies, headers, query strings, environment files.

A telling word is looked for first, then the identifier around it is read, then what is assigned.
Quoted values count in every form; bare ones only where the writing leaves no doubt that they are
values: after ``?name=`` in an address, ``NAME=`` in an environment file and ``Name: `` in a header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from koda_desktop.workflows.secrets.literals import looks_random, secret_spans
from koda_desktop.workflows.secrets.names import Named, named
from koda_desktop.workflows.secrets.shapes import RANK_NAMED, Hit

_TELLING = re.compile(
    r"pass|pwd|secret|token|key|authori[sz]ation|senha|contrase|kennwort|mnemonic|phrase|"
    r"cookie|appid|sig(?:nature)?="
)
_NAME_CHARS = re.compile(r"[\w-]*+")
_NAME_BACKWARDS = re.compile(r"[\w-]{0,40}+")
_BEFORE_REACH = 40
_QUOTED = re.compile(
    r"""(?P<close>\\*["'`]|\\*["'`]?\]|[)]|\*{2}|)\s{0,4}(?P<sep>=>|:=|={1,3}|!==?|:|,)\*{0,2}\s{0,8}"""
    r"""(?:[rbuf]{0,2})\\*(?P<quote>["'`])"""
)
_VALUE = {quote: re.compile(rf"(?:[^{quote}\\\n\x00]|\\[^{quote}nrt\x00])*+") for quote in "\"'`"}
_BARE_QUERY = re.compile(r"=([^\s&#\"'`<>\\,;)\]}\x00]{8,512}+)")
_BARE_LINE = re.compile(r"=([^\s\"'`<>\\,;(){}\x00]{8,512}+)[ \t]*(?=\\n|[\r\n\x00]|\Z)")
_BARE_HEADER = re.compile(
    r":[ \t]{0,4}((?:[A-Za-z-]{3,20}[ \t]{1,2})?[^\s\"'`<>\\,;(){}\x00]{8,4096}+)"
)
_HEADER_NAME = re.compile(
    r"(?:x-[\w-]+|[\w-]*api-?key|(?:proxy-)?authorization|ocp-[\w-]+|private-token)\Z",
    re.IGNORECASE,
)
_ENV_NAME = re.compile(r"[A-Z][A-Z0-9_]{3,60}\Z")
_SHORTEST_BARE = dict.fromkeys(Named, 12) | {Named.PASSWORD: 8}
_SAID = re.compile(r"(?:\*\*)?:(?:\*\*)?[ \t]{1,3}(\S{6,64})[ \t]*(?=[\r\n\x00]|\Z)")
_IN_PAIRS = re.compile(r"\s{0,2}=\s{0,2}([^\s;\"'`<>\\{}\x00]{6,128}+)(?=;|[\r\n\x00]|\Z)")
_SHORTEST_SAID = 24


def assignment_hits(text: str) -> Iterator[Hit]:
    """Every literal secret in ``text`` that a telling name gives away."""
    done = 0
    # Lower case by hand: an ignore-case pattern is seven times slower. Only the dotted capital I
    # changes its length, which would shift all places after it.
    lowered = text.replace("\u0130", "i").lower()
    for telling in _TELLING.finditer(lowered):
        if telling.start() < done:
            continue
        start, done = _identifier(text, telling.start())
        kind = named(text[start:done])
        if kind:
            hits, done = _assigned(text, start, done, kind)
            yield from hits


def _identifier(text: str, position: int) -> tuple[int, int]:
    start = position
    if start and (text[start - 1].isalnum() or text[start - 1] in "_-"):
        before = _NAME_BACKWARDS.match(text[max(0, position - _BEFORE_REACH) : position][::-1])
        start = position - before.end() if before else position
    elif text[start - 4 : start].lower() == "api ":
        start -= 4
    match = _NAME_CHARS.match(text, position)
    end = match.end() if match else position
    if text.startswith((" key", " Key", " KEY"), end):
        end += 4
    return start, end


def _assigned(text: str, start: int, end: int, kind: Named) -> tuple[list[Hit], int]:
    """The secrets assigned to the name at ``start:end``, and where to go on looking."""
    quoted = _QUOTED.match(text, end)
    if quoted:
        return _quoted(text, quoted, kind), end
    value = _bare(text, start, end, kind)
    if value is None:
        return [], end
    found = [word for word in value[1].split() if looks_random(word, _SHORTEST_BARE[kind])]
    # A bare value holds no other assignment: it is not read again from each word in it.
    return _hits(kind, text, *value.span(1)) if found else [], value.end(1)


def _quoted(text: str, opening: re.Match[str], kind: Named) -> list[Hit]:
    value = _VALUE[opening["quote"]].match(text, opening.end())
    if value is None or (opening["sep"] == "," and not opening["close"]):
        return []
    listed = opening["sep"] == "," or kind is Named.WEAK_KEY
    if listed and not looks_random(value[0], 20):
        return []
    return _hits(kind, text, *value.span())


def _bare(text: str, start: int, end: int, kind: Named) -> re.Match[str] | None:
    """An unquoted value after the name, where it can only be a value."""
    name, before = text[start:end], text[max(0, start - 1) : start]
    if before in ("?", "&"):
        return _BARE_QUERY.match(text, end)
    if kind is Named.WEAK_KEY:
        return None
    if _ENV_NAME.match(name):
        return _BARE_LINE.match(text, end)
    if _HEADER_NAME.match(name):
        return _BARE_HEADER.match(text, end)
    return _in_words(text, start, end, kind)


def _in_words(text: str, start: int, end: int, kind: Named) -> re.Match[str] | None:
    """A value as prose has it, after a colon at the end of a line, or as connection strings do."""
    if kind is Named.PASSWORD:
        is_pair = text[max(0, start - 2) : start].rstrip(" ").endswith(";")
        return _IN_PAIRS.match(text, end) if is_pair else _SAID.match(text, end)
    if kind in (Named.API_KEY, Named.TOKEN, Named.SECRET):
        said = _SAID.match(text, end)
        return said if said and len(said[1]) >= _SHORTEST_SAID else None
    return None


def _hits(kind: Named, text: str, start: int, end: int) -> list[Hit]:
    return [
        Hit(start + begin, start + stop, kind.value, shown_of(kind), RANK_NAMED)
        for begin, stop in secret_spans(kind, text[start:end])
    ]


def shown_of(kind: Named) -> int:
    """How much of such a value may be displayed: nothing of what a person made up."""
    return 0 if kind in (Named.PASSWORD, Named.PHRASE, Named.PRIVATE_KEY, Named.COOKIE) else 4
