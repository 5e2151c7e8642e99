"""What text is that looks like Python and does not parse: Python 2, newer Python, a notebook."""

from __future__ import annotations

import re
import sys
from enum import StrEnum


class Dialect(StrEnum):
    """The kind of Python a text is written in."""

    CURRENT = "Python 3"
    TWO = "Python 2"
    NEWER = "newer Python"
    NOTEBOOK = "notebook"
    TEMPLATE = "template"


_TWO = re.compile(
    r"^[ \t]*(?:print[ \t]+[\"'\w%]|print[ \t]*>>|except[ \t]+[\w., ()]{1,200},[ \t]*\w+[ \t]*:"
    r"|raise[ \t]+[\w.]{1,100}[ \t]*,[ \t]*\S|exec[ \t]+[\"'\w])"
    r"|[;:][ \t]*print[ \t]+[\"'\w%]|<>|(?<![\w'\".])0[0-7]{2,11}(?![\w.'\"])"
    r"|(?<![\w'\"])(?:0x[0-9a-fA-F]{1,16}|\d{1,18})[lL]\b|(?<![\w'\"])[uU][rR][\"']"
    r"|`[^`\n]{1,80}`|\bdef \w{1,80}\([^)\n]{0,200}\(\w{1,40},",
    re.MULTILINE,
)
_MAGIC = re.compile(
    r"^[ \t]*(?:!(?:pip|apt|ls|cd|git|wget|python)\b|%%?[a-z_]{2,20}\b|get_ipython\(\))"
)
_TEMPLATE = re.compile(r"\{\{[^{}\n]{1,80}\}\}|\{%[^{}\n]{1,80}%\}|<%[^%\n]{1,80}%>")
_TYPE_PARAMETERS = re.compile(
    r"^[ \t]*(?:type [A-Za-z_]\w*(?:\[[^\]\n]*\])? *=|(?:async )?(?:def|class) \w+\[)", re.MULTILINE
)
_NESTED_QUOTES = re.compile(
    r"""(?<!\w)(?:f|rf|fr)(["'])[^"'\n]*\{[^{}\n]*(?:\1|\\)""", re.IGNORECASE
)
_TEMPLATE_STRINGS = re.compile(r"""(?<!\w)(?:t|rt|tr)["']""", re.IGNORECASE)
_NEWER = (((3, 12), _TYPE_PARAMETERS), ((3, 12), _NESTED_QUOTES), ((3, 14), _TEMPLATE_STRINGS))
"""What PEP 695, 701 and 750 brought, and when."""


def dialect_of(text: str, line: int) -> Dialect:
    """The dialect of ``text``, which does not parse because of something at ``line`` (from 1).

    The broken line decides, together with the one before it, where parsers often notice too late;
    marks of Python 2 anywhere count, since nothing else explains them.
    """
    lines = text.split("\n", line)[max(0, line - 2) : line]
    near = "\n".join(lines)
    if any(_MAGIC.match(one) for one in lines):
        return Dialect.NOTEBOOK
    if any(sys.version_info < needed and sign.search(near) for needed, sign in _NEWER):
        return Dialect.NEWER
    if _TWO.search(near):
        return Dialect.TWO
    return Dialect.TEMPLATE if _TEMPLATE.search(near) else Dialect.CURRENT
