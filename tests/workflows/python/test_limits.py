"""Text that could exhaust the parser: it is told to be so, quickly, and nothing falls over."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.python.nesting import DEEPEST_BRACKETS, LONGEST_CHAIN, too_deep
from tests.workflows.python.scripts import codes, script

_HEAD = "import os\n\n\ndef f():\n    print(os)\n\n\n"
_DEEP = {
    "brackets": "(" * 10_000 + "1" + ")" * 10_000,
    "open brackets": "x = " + "[{(" * 5_000,
    "sums": "x = " + " + ".join(["1"] * 100_000),
    "signs": "x = " + "-" * 100_000 + "1",
    "nots": "x = " + "not " * 100_000 + "1",
    "attributes": "x = a" + ".b" * 100_000,
    "calls": "x = a" + "()" * 100_000,
    "indexes": "x = a" + "[0]" * 100_000,
    "lambdas": "x = " + "lambda: " * 100_000 + "1",
    "choices": "x = " + "1 if a else " * 50_000 + "1",
    "powers": "x = " + "**".join(["2"] * 100_000),
}


@pytest.mark.parametrize("text", _DEEP.values(), ids=_DEEP)
def test_what_is_too_deep_is_read_by_lines(text: str) -> None:
    assert too_deep(text)
    report = script(_HEAD + text + "\n")
    assert (report.platform, codes(report)[0]) == ("Python", "python-too-deep")
    assert report.publishable


@pytest.mark.parametrize("count", [900, 5_000, 50_000])
def test_long_chains_of_elif_end_in_a_report(count: int) -> None:
    text = _HEAD + "if a:\n    pass\n" + "elif a:\n    pass\n" * count
    assert script(text).platform == "Python"


@pytest.mark.parametrize(
    "text",
    [
        "x = [" + "1,\n-2, a.b.c, f(3),\n" * 5_000 + "]\n",
        "x = '''" + "((((" * 1_000 + "'''\n",
        "x = 1  # " + "((((" * 1_000 + "\n",
        "x = '" + "-" * 5_000 + "'\n",
        "x = 1 + 2\n" * 5_000,
        "f(" + "g(" * 60 + ")" * 60 + ")\n",
    ],
)
def test_long_but_flat_source_is_parsed(text: str) -> None:
    assert not too_deep(text)
    ast.parse(text)


@example(DEEPEST_BRACKETS, "()")
@example(DEEPEST_BRACKETS + 1, "()")
@given(st.integers(1, 2 * DEEPEST_BRACKETS), st.sampled_from(["()", "[]", "{}"]))
def test_brackets_are_counted(depth: int, pair: str) -> None:
    assert too_deep(pair[0] * depth + pair[1] * depth) is (depth > DEEPEST_BRACKETS)


@given(st.integers(1, 2 * LONGEST_CHAIN), st.sampled_from(["-", "not ", "a.", "1 +"]))
def test_chains_are_counted(length: int, link: str) -> None:
    assert too_deep("x = " + link * length + "1") is (length > LONGEST_CHAIN)


def test_source_over_the_cap_is_read_by_lines() -> None:
    text = _HEAD + "import requests\nKEY = os.environ['API_KEY']\n" + "x = 1\n" * 1_000
    report = inspect_bytes(text.encode(), "x", caps=Caps(max_source=2_000))
    assert codes(report)[0] == "python-too-long"
    assert (report.packages, report.credentials) == (("requests",), ("API_KEY",))


_PIECES = st.lists(
    st.sampled_from(
        ["import os", "\n", "def f(", "):", "    ", "'''", '"', "'", "#", "(", ")", "[", "{", "}",
         "print 'x'", "os.environ['", "']", "\\", "\0", "\ud800", "é", "lambda", "if", "else", ":",
         "# /// script\n", "# ///\n", "f'{", "\t", "\x0c", "=", "class A", "except A, e:", "0777"]
    ),
    max_size=60,
).map(lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass"))  # fmt: skip


@given(_PIECES)
def test_any_pieces_of_python_give_a_report(data: bytes) -> None:
    report = inspect_bytes(b"import os\ndef f():\n    pass\n" + data, "x.py")
    assert report.as_json()["platform"] in ("Python", "Other")
    for problem in report.problems:
        assert problem.line is None or problem.line >= 1
        assert problem.message.isprintable()
