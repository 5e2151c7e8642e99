"""Whether text is Python, by what stands in it and never by its name."""

from __future__ import annotations

import re

from koda_desktop.workflows.platforms import Detection
from koda_desktop.workflows.python.dialects import Dialect
from koda_desktop.workflows.python.facts import Sign
from koda_desktop.workflows.python.modules import Module

_SHEBANG = re.compile(r"#![^\n]{0,100}\bpython[\d.]{0,6}\b")
_SCRIPT_BLOCK = re.compile(r"^# /// script\s*$", re.MULTILINE)
_WEIGHTS = {
    Sign.IMPORTS: 0.5, Sign.FUNCTIONS: 0.5, Sign.CLASSES: 0.4, Sign.MAIN_GUARD: 0.6,
    Sign.BLOCKS: 0.4, Sign.BUILT_INS: 0.5, Sign.CALLS: 0.25, Sign.DOCSTRING: 0.4,
    Sign.ASSIGNMENTS: 0.1, Sign.WORDS: 0.2,
}  # fmt: skip
_ENOUGH = 0.5
_ENOUGH_UNPARSED = 0.9
"""Text that does not parse needs two marks at least: a lone ``import`` is Swift or Haskell too."""


def detection_of(module: Module) -> Detection | None:
    """How sure it is that ``module`` is Python; None where it is not."""
    if _SHEBANG.match(module.text):
        return Detection("Python", "python", 0.95, ("the first line names Python",))
    if _SCRIPT_BLOCK.search(module.text[:4000]):
        return Detection("Python", "python", 0.95, ("it has a script block (PEP 723)",))
    signs = [sign for sign in Sign if sign in module.facts.signs]
    score = sum(_WEIGHTS[sign] for sign in signs)
    if module.parsed:
        return _parsed(signs, score)
    old = module.dialect is Dialect.TWO
    if score < (_ENOUGH if old else _ENOUGH_UNPARSED) or set(signs) <= {Sign.DOCSTRING}:
        return None
    reasons = (f"lines of {module.dialect.value if old else 'Python'}: {_listed(signs)}",)
    return Detection("Python", "python", min(0.85, 0.4 + score / 4), reasons)


def _parsed(signs: list[Sign], score: float) -> Detection | None:
    if score < _ENOUGH:
        return None
    reasons = (f"it parses as Python: {_listed(signs)}",)
    return Detection("Python", "python", min(0.97, 0.6 + score / 4), reasons)


def _listed(signs: list[Sign]) -> str:
    return ", ".join(sign.value for sign in signs)
