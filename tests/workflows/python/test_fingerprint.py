"""The fingerprint of a program: what it does, not how it is laid out or what it says."""

from __future__ import annotations

import pytest

from tests.workflows.python.scripts import script

_BASE = 'import os\n\n\ndef f(a):\n    """Says."""\n    return os.getenv("A", "x") + a\n'


@pytest.mark.parametrize(
    "text",
    [
        _BASE.replace("Says.", "Says otherwise."),
        _BASE.replace('    """Says."""\n', ""),
        _BASE.replace('"x"', '"y"'),
        "# A remark\n" + _BASE.replace("\n\n\n", "\n"),
    ],
)
def test_texts_and_layout_do_not_count(text: str) -> None:
    assert script(text).fingerprint == script(_BASE).fingerprint
    assert script(text).sha256 != script(_BASE).sha256


@pytest.mark.parametrize(
    "text",
    [
        _BASE + "\n\nprint(f(1))\n",
        _BASE.replace("+ a", "* a"),
        _BASE.replace("getenv", "getlogin"),
        _BASE.replace("(a)", "(a, b)"),
        _BASE.replace("import os", "import os, sys"),
    ],
)
def test_what_it_does_counts(text: str) -> None:
    assert script(text).fingerprint != script(_BASE).fingerprint
