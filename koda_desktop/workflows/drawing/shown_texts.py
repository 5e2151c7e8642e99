"""What of a text goes into a picture: no addresses, no keys, no pictographs."""

from __future__ import annotations

import re

from koda_desktop.workflows.secrets.literals import looks_random
from koda_desktop.workflows.texts import one_line, without_personal_data

# The bundled font has no pictographs. What would stand in differs from computer to computer, and
# is an empty box where there is no such font; the signs it does have are kept.
_PICTOGRAPH = re.compile(
    "(?![\u2303\u2318\u2325\u23ce\u2713\u2717])"
    "[\u2300-\u259f\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u20e3"
    "\U0001f000-\U0001faff\U000e0020-\U000e007f]\u200d?"
)
_LONG_WORD = re.compile(r"[\w.~+/=-]{20,}")


def without_pictographs(text: str) -> str:
    return text if text.isascii() else _PICTOGRAPH.sub("", text)


def without_keys(text: str) -> str:
    """``text`` without long words that a machine made up."""
    return _LONG_WORD.sub(lambda word: "…" if looks_random(word[0], 20) else word[0], text)


def clean(text: str, limit: int) -> str:
    """``text`` in one line of at most ``limit`` characters, for tool tips: pictographs stay."""
    line = one_line(text, limit * 2)
    return one_line(without_keys(without_personal_data(line)), limit)


def painted(text: str, limit: int) -> str:
    """``text`` in one line of at most ``limit`` characters, of what the bundled font can show."""
    return clean(without_pictographs(text), limit)
