"""Texts made fit to be shown: printable, short, without addresses, and names fit for a file.

Every pattern here runs over input of bounded length and backtracks over bounded runs only.
"""

from __future__ import annotations

import re
import unicodedata

_DROPPED = {"Cc", "Cs", "Co", "Cn"}
_JOINER = "\u200d"
_DOUBTFUL = re.compile(r"[^\n\t -~]")
_SPACES = re.compile(r"\s+")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE = re.compile(r"(?<![\w+])\+\d[\d ()./-]{7,18}\d")
_URL = re.compile(r"\bhttps?://(?:[^\s/@<>\"')\]]{1,200}@)?([^\s/<>\"')\]?#]{1,200})[^\s<>\"')\]]*")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|\Z)")
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')


def printable(text: str) -> str:
    """``text`` without control characters, lone surrogates and hidden direction marks."""
    if text.isprintable():
        return text
    return _DOUBTFUL.sub(lambda found: found[0] if _is_shown(found[0]) else "", text)


def _is_shown(char: str) -> bool:
    category = unicodedata.category(char)
    return category not in _DROPPED and (category != "Cf" or char == _JOINER)


def one_line(text: str, limit: int) -> str:
    """``text`` as one clean line of at most ``limit`` characters, cut between words."""
    if len(text) <= limit and text.isprintable() and "  " not in text:
        return text.strip()
    line = _SPACES.sub(" ", printable(text[: limit * 8])).strip()
    return shortened(line, limit)


def shortened(text: str, limit: int) -> str:
    """``text`` cut to ``limit`` characters, between words where one is near."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,;:-\n") + "…"


def without_personal_data(text: str) -> str:
    """``text`` with e-mail addresses, phone numbers and all but the host of links taken out."""
    without_links = _URL.sub(lambda link: link[1], text)
    return _PHONE.sub("[phone number]", _EMAIL.sub("[e-mail address]", without_links))


def slug(text: str, limit: int = 60) -> str:
    """``text`` as lower-case ASCII words joined by hyphens; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", text[: limit * 8]).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower().replace("'", ""))
    joined = "-".join(words)
    if len(joined) <= limit:
        return joined
    return joined[: limit + 1].rpartition("-")[0] or joined[:limit]


def file_name(name: str, fallback: str = "workflow") -> str:
    """``name`` as a name every file system takes: no folders, reserved words or odd characters."""
    last = re.split(r"[/\\]", name)[-1]
    clean = _NOT_IN_NAMES.sub("_", one_line(last, 4000)).strip(" .")
    if _RESERVED.match(clean):
        clean = "_" + clean
    stem, dot, suffix = clean.rpartition(".")
    if not stem or len(suffix) > 12:
        stem, dot, suffix = clean, "", ""
    while len(f"{stem}{dot}{suffix}".encode()) > 150:
        stem = stem[:-1]
    return f"{stem}{dot}{suffix}" or fallback


def sentence_list(words: tuple[str, ...], most: int = 6) -> str:
    """``A, B and C``; beyond ``most`` the rest is counted."""
    if len(words) > most:
        words = (*words[: most - 1], f"{len(words) - most + 1} more")
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def counted(count: int, thing: str) -> str:
    """``1 step``, ``3 steps``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
