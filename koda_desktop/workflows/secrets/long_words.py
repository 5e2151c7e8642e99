"""The long words of a text: what a token could stand in, and a fraction of the text to search.

Tokens and webhook addresses hold no blank and are long. Whether any of some hundred literals
stands in a text is asked of its long words alone, each once; only for those that do, the text
itself is searched.
"""

from __future__ import annotations

import re

SHORTEST = 14
"""No token of known form is shorter."""

_PART = 1_000_000
_BLANK = re.compile(r"\s")


def long_words(text: str) -> str:
    """The distinct words of at least SHORTEST characters, each on a line of its own.

    Words end at blanks and at NUL. The text is taken in parts, so that a large one does not
    become millions of words at once.
    """
    found: dict[str, None] = {}
    start = 0
    while start < len(text):
        blank = _BLANK.search(text, start + _PART)
        end = blank.end() if blank else len(text)
        words = text[start:end].replace("\x00", " ").split()
        found.update(dict.fromkeys([word for word in words if len(word) >= SHORTEST]))
        start = end
    return "\n".join(found)
