"""The style sheet: one template, filled with the tokens of a theme."""

from __future__ import annotations

import re

from koda_desktop.views.theme.tokens import Tokens

_TOKEN = re.compile(r"@([a-z][a-z-]*)")
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def render_sheet(template: str, tokens: Tokens, icon_folder: str = "") -> str:
    """``template`` with each ``@token`` replaced by its colour; comments are dropped.

    ``@icons`` stands for ``icon_folder``. Raises KeyError for a token the theme does not have.
    """

    def colour(match: re.Match[str]) -> str:
        name = match.group(1)
        return icon_folder if name == "icons" else tokens.css(name)

    return _TOKEN.sub(colour, _COMMENT.sub("", template))
