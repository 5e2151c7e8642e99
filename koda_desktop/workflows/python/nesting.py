"""A look at source text before it is parsed: is it nested or chained deeper than anyone writes?

The standard library's documentation of ``ast.parse`` warns that deep input can exhaust the
interpreter's stack. Brackets nest in every expression; ``a + a + …`` and ``not not …`` nest without
brackets. Both are counted here over the tokens of the text, in one pass and without recursion.
"""

from __future__ import annotations

import re

DEEPEST_BRACKETS = 100
LONGEST_CHAIN = 1000

_TOKEN = re.compile(
    r"(?P<text>'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z)|\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*+(?:\"\"\"|\Z)"
    r"|'(?:[^'\\\n]|\\.)*+'?|\"(?:[^\"\\\n]|\\.)*+\"?|\#[^\n]*+|\\\n)"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<line>\n)|(?P<end>[,;])"
    r"|(?P<link>\*\*|//|[-+*/%@&|^~.<>]|\b(?:not|and|or|if|elif|lambda|await)\b)",
    re.DOTALL,
)


def too_deep(text: str) -> bool:
    """Whether brackets nest over DEEPEST_BRACKETS or operators chain over LONGEST_CHAIN."""
    if len(text) < LONGEST_CHAIN:
        # Too short for a chain, and brackets are soon counted.
        return sum(map(text.count, "([{")) > DEEPEST_BRACKETS and _scanned_too_deep(text)
    return _scanned_too_deep(text)


def _scanned_too_deep(text: str) -> bool:
    chains = [0]
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "link":
            chains[-1] += 1
            if chains[-1] > LONGEST_CHAIN:
                return True
        elif kind == "open":
            chains.append(0)
            if len(chains) - 1 > DEEPEST_BRACKETS:
                return True
        elif kind == "close":
            # A call and an index continue the chain they stand in.
            if len(chains) > 1:
                chains.pop()
            chains[-1] += 1
            if chains[-1] > LONGEST_CHAIN:
                return True
        elif kind == "end" or (kind == "line" and len(chains) == 1):
            chains[-1] = 0
    return False
