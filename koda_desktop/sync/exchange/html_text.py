"""HTML, as other shops keep descriptions, as the Markdown that Koda's are written in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_HIDDEN = {"script", "style", "template", "head", "noscript"}
_BLOCKS = {"p", "div", "section", "article", "table", "tr", "blockquote", "ul", "ol", "pre", "hr"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_LOOKS_LIKE_HTML = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--)>|&(?:[a-zA-Z]+|#\d+);")


def html_to_text(html: str) -> str:
    """``html`` as Markdown: paragraphs, headings, lists, emphasis and links; the rest as text.

    What holds no tag and no character reference stays as it is. Never raises.
    """
    if not _LOOKS_LIKE_HTML.search(html):
        return html
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.text()


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._lists: list[int | None] = []
        self._links: list[str] = []
        self._hidden = 0

    def text(self) -> str:
        """What was read, with at most one empty line between two blocks."""
        joined = "".join(self._parts)
        lines = [line.rstrip() for line in joined.split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "br":
            self._parts.append("\n")
        elif tag in _HEADINGS:
            self._parts.append("\n\n" + "#" * _HEADINGS[tag] + " ")
        elif tag in _MARKS:
            self._parts.append(_MARKS[tag])
        elif tag == "li":
            self._parts.append("\n" + self._bullet())
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
            self._parts.append("[" if self._links[-1] else "")
        elif tag in _BLOCKS:
            self._open_block(tag)

    def _open_block(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else None)
        is_inner = bool(self._lists) and tag not in ("ul", "ol")
        self._parts.append("" if is_inner or len(self._lists) > 1 else "\n\n")

    def _bullet(self) -> str:
        indent = "  " * max(len(self._lists) - 1, 0)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number + 1}. "

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(self._hidden - 1, 0)
        elif tag in _MARKS:
            self._parts.append(_MARKS[tag])
        elif tag == "a" and self._links:
            address = self._links.pop()
            self._parts.append(f"]({address})" if address else "")
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._parts.append("" if self._lists else "\n\n")
        elif (tag in _BLOCKS or tag in _HEADINGS) and not self._lists:
            self._parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        text = re.sub(r"\s+", " ", data)
        before = self._parts[-1] if self._parts else "\n"
        self._parts.append(text.lstrip() if before.endswith(("\n", "# ", "- ")) else text)
