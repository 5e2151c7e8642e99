"""How well a few typed letters stand for a name: what the command palette sorts by."""

from __future__ import annotations

import unicodedata

_WHOLE, _WORD, _INSIDE, _SCATTERED = 8, 4, 2, 1


def score(typed: str, name: str) -> int | None:
    """How well ``typed`` stands for ``name``; None where it does not.

    Every word typed must be found: best as the beginning of a word of the name, less well inside
    one, least as letters scattered in their order. Case and accents do not count.
    """
    words = _plain(typed).split()
    plain = _plain(name)
    if not words:
        return 0
    found = [_one(word, plain) for word in words]
    if any(value == 0 for value in found):
        return None
    return sum(found) + (_WHOLE if plain.startswith(words[0]) else 0)


def _one(word: str, name: str) -> int:
    if any(part.startswith(word) for part in name.split()):
        return _WORD
    # A single letter is inside nearly every name.
    if len(word) > 1 and word in name:
        return _INSIDE
    return _SCATTERED if _is_scattered(word, name) else 0


def _is_scattered(word: str, name: str) -> bool:
    """Whether the letters of ``word`` come in ``name`` in order, the first beginning a word.

    Two letters would be found nearly everywhere.
    """
    if len(word) < 3:
        return False
    starts = [0, *(place + 1 for place, sign in enumerate(name) if sign == " ")]
    return any(_follow(word, name[start:]) for start in starts if name[start:].startswith(word[0]))


def _follow(word: str, name: str) -> bool:
    signs = iter(name)
    return all(sign in signs for sign in word)


def _plain(text: str) -> str:
    """``text`` in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
