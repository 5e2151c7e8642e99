"""The same facts by lines, for source that does not parse or is too long to be parsed.

Patterns run over bounded runs of one line each; what stands inside a text of several lines may be
taken for code, which costs a name too many and nothing else.
"""

from __future__ import annotations

import re

from koda_desktop.workflows.python.facts import Facts, Sign
from koda_desktop.workflows.python.variables import needed

_REMARK = r"[ \t]{0,40}(?:#[^\n]{0,200})?\r?$"
_IMPORT = re.compile(
    r"^[ \t]{0,24}(?:import[ \t]+([A-Za-z_][\w.]{0,100}(?:[ \t]+as[ \t]+\w{1,60})?"
    r"(?:[ \t]{0,4},[ \t]{0,4}[\w.]{1,100}(?:[ \t]+as[ \t]+\w{1,60})?){0,40})"
    r"|from[ \t]+([A-Za-z_][\w.]{0,100})[ \t]+import[ \t]+[\w*(\\][^\n;{'\"]{0,300}?"
    r"|from[ \t]+(\.[\w.]{0,100})[ \t]+import[ \t]+[\w*(\\][^\n;{'\"]{0,300}?)" + _REMARK,
    re.MULTILINE,
)
_SIGNS = {
    sign: (word, re.compile(pattern, re.MULTILINE))
    for sign, word, pattern in (
        (
            Sign.FUNCTIONS,
            "def ",
            r"^[ \t]{0,20}(?:async )?def \w{1,100}[ \t]?\([^\n]{0,500}:" + _REMARK,
        ),
        (Sign.CLASSES, "class ", r"^class \w{1,100}(?:\([^\n]{0,300}\))?:" + _REMARK),
        (Sign.MAIN_GUARD, "__name__", r"^if[ \t(]{1,4}__name__ ?== ?['\"]__main__['\"]\)?\s*:"),
        (
            Sign.BLOCKS,
            ":",
            r"^[ \t]{0,40}(?:if|elif|for|while|with|try|except|else)\b[^\n{};]{0,300}:" + _REMARK,
        ),
        (Sign.BUILT_INS, "print", r"^[ \t]{0,40}print(?:\(|[ \t]+[\"'u%])"),
        (Sign.ASSIGNMENTS, "=", r"^[ \t]{0,40}[A-Za-z_]\w{0,60} ?= ?[^\s=][^\n;{]{0,300}$"),
    )
}
"""With a word that stands in each and is looked for first: a pattern is tried at every line."""

_VARIABLE = re.compile(
    r"(?:getenv(?<!\wgetenv)\(|environ(?<!\wenviron)(?:\.get\(|\[))"
    r"[ \t]{0,4}[\"']([A-Za-z_]\w{0,79})[\"']"
    r"(?![ \t]{0,4}\][ \t]{0,4}=[^=])"
)
_DOCSTRING = re.compile(
    r"\A(?:\s++|#[^\n]*+\n)*+[uUrR]?(?:\"\"\"(.{1,8000}?)\"\"\"|'''(.{1,8000}?)''')",
    re.DOTALL,
)
_LICENSE = re.compile(r"^__license__\s?=\s?[\"']([^\"'\n]{1,80})[\"']", re.MULTILINE)
_MOST_NAMES = 2000


def read_lines(text: str) -> Facts:
    """The facts of ``text`` as far as single lines show them. Never raises."""
    imports: list[str] = []
    siblings = False
    for match in _IMPORT.finditer(text):
        if len(imports) >= _MOST_NAMES:
            break
        siblings = siblings or bool(match[3])
        imports += _plain_imports(match[1]) if match[1] else ([match[2]] if match[2] else [])
    signs = {
        sign for sign, (word, pattern) in _SIGNS.items() if word in text and pattern.search(text)
    }
    signs |= {Sign.IMPORTS} if imports or siblings else set()
    docstring = _DOCSTRING.match(text[:40_000])
    license_name = _LICENSE.search(text)
    return Facts(
        frozenset(signs | ({Sign.DOCSTRING} if docstring else set())),
        tuple(dict.fromkeys(imports)),
        siblings,
        tuple(dict.fromkeys(name for name in _VARIABLE.findall(text) if needed(name))),
        (docstring[1] or docstring[2]).strip() if docstring else "",
        len(_SIGNS[Sign.FUNCTIONS][1].findall(text)),
        license_name[1] if license_name else "",
    )


def _plain_imports(listed: str) -> list[str]:
    return [part.split()[0] for part in listed.split(",") if part.strip()]
