"""Titles from workflow names and file names, which are often generated and say nothing."""

from __future__ import annotations

import re

from koda_desktop.workflows.texts import one_line, without_personal_data

LONGEST_TITLE = 100
_SUFFIXES = re.compile(
    r"(?:\.(?:n8n|make|zapier|node-red|workflow|blueprint|json|txt|py|zip|gz|tar|n8np|whl))+\Z",
    re.IGNORECASE,
)
_COPIES = re.compile(r"(?:\s*\(\d{1,3}\)|\s*-?\s*\bcopy(?:\s+\d{1,3})?|\s*_copy)\Z", re.IGNORECASE)
_LEADING_ID = re.compile(
    r"\A(?:(?=\w{0,15}\d)(?=\w{0,15}[A-Z])(?=\w{0,15}[a-z])[A-Za-z0-9]{16}|\d{1,6})"
    r"[_\s-]+(?=\S)"
)
_GENERIC = re.compile(
    r"(?:(?:my|new|untitled|unnamed|test|the)\s+)?"
    r"(?:workflow|scenario|flow|export|untitled|integration|blueprint|download|file|main|script"
    r"|template|zap(?:file)?|test|data|response|document)s?"
    r"[\s_()#-]*[\d\s_()-]*",
    re.IGNORECASE,
)


def from_file_name(file_name: str) -> str:
    """The words of a file name: no folders, endings, generated ids or copy marks; may be empty."""
    stem = _SUFFIXES.sub("", re.split(r"[/\\]", file_name)[-1][-300:])
    words = one_line(_LEADING_ID.sub("", stem).replace("_", " "), 300)
    words = _COPIES.sub("", words)
    if " " not in words:
        words = words.replace("-", " ")
    return words.strip(" .-")


def is_generic(name: str) -> bool:
    """Whether a name says nothing, as ``My workflow 12`` or ``1048 workflow 1048`` do."""
    return not name.strip() or bool(_GENERIC.fullmatch(name.strip()))


def workflow_name(given: object, file_name: str) -> str:
    """The name to show: the workflow's own, else what the file name says; may be empty."""
    own = one_line(given, 200) if isinstance(given, str) else ""
    return own or from_file_name(file_name)


def proposed_title(candidates: tuple[str, ...], fallback: str) -> str:
    """The first candidate that says something, without personal data, within the limit."""
    for candidate in candidates:
        line = one_line(without_personal_data(candidate), LONGEST_TITLE)
        title = _COPIES.sub("", line).rstrip(" .:;,-")
        if not is_generic(title):
            return title[:1].upper() + title[1:] if title.islower() else title
    return one_line(fallback, LONGEST_TITLE)
