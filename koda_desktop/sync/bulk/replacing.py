"""Find and replace in titles, descriptions and tags: plain words, or a regular expression.

A regular expression can take longer than anyone waits, and Python cannot stop one: it is run by
``patterns``, in a process that can be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from koda_desktop.errors import InputError
from koda_desktop.sync.bulk.proposing import BulkRow, Proposal, Refusal, Whole

FIELDS = ("title", "description", "tags")
"""Where words can be replaced."""

FIND_MAX = 1_000
REPLACED_MAX = 100_000
"""Characters of a text after replacing; a longer one is refused here, as anything would do it."""

TOO_LONG = "The text would become too long."


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, and what comes in its place."""

    find: str
    replace: str
    is_regex: bool = False
    ignores_case: bool = False
    whole_words: bool = False

    def __post_init__(self) -> None:
        if not self.find:
            raise InputError("Say what is to be found.")
        if len(self.find) > FIND_MAX or len(self.replace) > FIND_MAX:
            long = "find" if len(self.find) > FIND_MAX else "replace"
            raise _wrong(long, f"This is too long: {FIND_MAX} characters is the most.")


Replacer = Callable[[Search, Sequence[str]], list[str | None]]
"""Replaces in each text; None for one that becomes too long. Raises InputError."""


def compiled(search: Search) -> re.Pattern[str]:
    """The pattern of ``search``. Raises InputError for one that is no regular expression."""
    pattern = search.find if search.is_regex else re.escape(search.find)
    if search.whole_words:
        pattern = rf"(?<!\w)(?:{pattern})(?!\w)"
    try:
        return re.compile(pattern, re.IGNORECASE if search.ignores_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise _wrong(
            "find",
            f"This is not a regular expression: {error}.",
            "Switch regular expressions off to look for the very characters.",
        ) from None


def replace_here(search: Search, texts: Sequence[str]) -> list[str | None]:
    """A Replacer in this process. For regular expressions see ``patterns``."""
    pattern = compiled(search)
    by: Any = search.replace if search.is_regex else lambda _: search.replace
    try:
        return [_bounded(pattern.sub(by, text)) for text in texts]
    except (re.error, IndexError) as error:
        raise _wrong("replace", f"The replacement is wrong: {error}.") from None


def _wrong(field: str, what: str, remedy: str = "") -> InputError:
    return InputError(what, remedy=remedy, facts={"fields": {field: what}})


def _bounded(text: str) -> str | None:
    return text if len(text) <= REPLACED_MAX else None


@dataclass(frozen=True, slots=True)
class Replace:
    """Every occurrence in the ``fields`` replaced."""

    search: Search
    fields: tuple[str, ...] = ("title",)
    replacer: Replacer = replace_here

    def __post_init__(self) -> None:
        if not self.fields or set(self.fields) - set(FIELDS):
            raise InputError(f"Words can be replaced in {', '.join(FIELDS)}.")

    @property
    def name(self) -> str:
        return f"Replace “{self.search.find}” by “{self.search.replace}”"

    @property
    def reads(self) -> tuple[str, ...]:
        return self.fields

    def propose(self, rows: Sequence[BulkRow]) -> list[Proposal]:
        """See ``Verb``: all texts go to the replacer in one call."""
        places = [(n, name) for n, row in enumerate(rows) for name in _set_fields(row, self.fields)]
        texts = [_texts(rows[n].fields[name]) for n, name in places]
        found = iter(self.replacer(self.search, [text for several in texts for text in several]))
        proposals: list[Proposal] = [{} for _ in rows]
        for (n, name), before in zip(places, texts, strict=True):
            proposals[n] = _added(proposals[n], name, before, [next(found) for _ in before])
        return proposals


def _set_fields(row: BulkRow, fields: Sequence[str]) -> list[str]:
    return [name for name in fields if isinstance(row.fields.get(name), str | list)]


def _texts(value: str | list[Any]) -> list[str]:
    return [value] if isinstance(value, str) else [str(item) for item in value]


def _added(
    proposal: Proposal, name: str, before: Sequence[str], after: Sequence[str | None]
) -> Proposal:
    whole = [text for text in after if text is not None]
    if isinstance(proposal, Refusal | Whole) or whole == before:
        return proposal
    if len(whole) != len(after):
        return Refusal(name, TOO_LONG)
    if name != "tags":
        return {**proposal, name: whole[0]}
    return {**proposal, name: [tag for tag in dict.fromkeys(whole) if tag.strip()]}
