"""Paths into somebody's home folder: they tell a name, and they exist on one computer only."""

from __future__ import annotations

import re
from collections import Counter

from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.python.places import line_of

_PATH = re.compile(
    r"(?<![\w.])(?:/home/|/Users/"
    r"|\b[A-Za-z]:(?:\\{1,2}|/)(?:Users|Documents and Settings)(?:\\{1,2}|/))"
    r"([^\s/\\\"'`<>{}|:*?$%()\[\],;#]{1,64})"
)
_NOT_A_PERSON = re.compile(
    r"(?:your|user|usr|me\b|name|username|someone|somebody|person|example|sample|test|demo|xxx+|foo"
    r"|bar|public|default|all users|shared|admin|administrator|ubuntu|debian|centos|ec2-user|pi\b"
    r"|root|app\b|runner|vagrant|docker|node|python|jovyan|guest|travis|circleci|work|\.\.\.|…|[~_.-])",
    re.IGNORECASE,
)
_MOST = 5


def personal_paths(text: str) -> tuple[Problem, ...]:
    """A warning for each home folder named in ``text``, with the first line it stands on."""
    if "/home/" not in text and "Users" not in text and "Documents and Settings" not in text:
        return ()
    first: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for match in _PATH.finditer(text):
        if not _NOT_A_PERSON.match(match[1]):
            first.setdefault(match[1], match.start())
            counts[match[1]] += 1
    return tuple(_problem(text, name, first[name], counts[name]) for name in list(first)[:_MOST])


def _problem(text: str, name: str, position: int, count: int) -> Problem:
    times = "" if count == 1 else f" (and {count - 1:,} more)"
    message = (
        f"A path into the home folder of “{name[0]}…” stands here{times}. It shows an account name "
        "and works on one computer only; take the path from an argument or a setting."
    )
    return Problem(Severity.WARNING, "personal-path", "", message, line_of(text, position), 1)
