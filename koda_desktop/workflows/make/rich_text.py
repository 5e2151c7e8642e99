"""Notes of Make are HTML of paragraphs; here they become lines of text."""

from __future__ import annotations

import html
import re

_BREAK = re.compile(r"<(?:br ?/?|/p|/li|/h[1-6]|/div)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_BLANKS = re.compile(r"\n{3,}")


def plain_text(content: str) -> str:
    """``content`` with a line per paragraph, without tags; plain text stays as it is."""
    if "<" not in content:
        return content
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", content)))
    return _BLANKS.sub("\n\n", text).strip()
