"""The style sheet: one template, filled with the tokens of a theme."""

from __future__ import annotations

import re

from koda_desktop.views.theme.tokens import Tokens

_TOKEN = re.compile(r"@([a-z][a-z-]*)")
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def render_sheet(template: str, tokens: Tokens) -> str:
    """``template`` with each ``@token`` replaced by its colour; comments are dropped.

    Raises KeyError for a token the theme does not have.
    """
    return _TOKEN.sub(lambda match: tokens.css(match.group(1)), _COMMENT.sub("", template))
