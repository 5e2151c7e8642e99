"""Any text and any tree give findings, in bounded time."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.json_reading import RawNumber
from koda_desktop.workflows.secrets import Findings, assignments, find_secrets
from koda_desktop.workflows.secrets.literals import looks_random
from koda_desktop.workflows.secrets.long_words import long_words
from koda_desktop.workflows.secrets.personal import TRACES
from koda_desktop.workflows.secrets.searching import shape_hits
from tests.workflows.secrets.making import Maker, addresses, vendor_tokens

_WORDS = (
    "sk- sk_live_ AIza eyJ eyJhbGciOiJIUzI1NiJ9 Bearer Basic :// : @ {{ }} = ' \" ` \\ \\n % %3D "
    "password apiKey token secret key= ?key= X-Api-Key: 8Q~ -us1 AKIA xoxb-1 SG. hooks.slack.com/ "
    "10.0.0.1 +49151 DE12 4539 mailgun pypi-AgE AC hook. . - 0123456789 abcdefABCDEF \u0130"
)
_BLANKS = [" ", "\n", "\x00", "\ud800", "\U0001f600", "-----BEGIN PRIVATE KEY-----"]
_PIECES = st.sampled_from(_WORDS.split() + _BLANKS)
_TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=30).map("".join))
_TREES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        _TEXTS,
        st.builds(RawNumber, st.just("1e400")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(_TEXTS, inner, max_size=5),
        st.dictionaries(st.sampled_from(["name", "value", "password", "to", "p", "a", "b"]), inner),
    ),
    max_leaves=25,
)


def _assert_sound(found: Findings) -> None:
    assert len(found.digests) == len(found.secrets)
    for secret in found.secrets:
        assert (secret.kind + secret.where + secret.masked).isprintable()
    for problem in found.personal:
        assert (problem.where + problem.message).isprintable()


@given(st.lists(_PIECES | st.sampled_from(["ann", "@", "firm.io", "172.16.0.9"])).map("".join))
def test_personal_data_is_sought_only_where_it_can_stand(text: str) -> None:
    for trace in TRACES:
        everywhere = [match.span() for match in trace.pattern.finditer(text)]
        assert [match.span() for match in trace.matches(text)] == everywhere


@given(st.data(), st.lists(_PIECES))
def test_the_long_words_of_a_text_tell_which_tokens_stand_in_it(
    data: st.DataObject, pieces: list[str]
) -> None:
    tokens = [*vendor_tokens(Maker(3)).values(), *(a for a, _ in addresses(Maker(4)).values())]
    pieces = data.draw(st.permutations([*pieces, *data.draw(st.lists(st.sampled_from(tokens)))]))
    text = data.draw(st.sampled_from(["", " ", "\n", "\x00", ", "])).join(pieces)
    assert list(shape_hits(text, long_words(text))) == list(shape_hits(text, text))


@pytest.mark.parametrize("gap", [" ", "\n", "\x00", "\u2003"])
def test_long_words_are_whole_also_where_a_part_ends(gap: str) -> None:
    word = "w" * 200
    text = f"short {word}{gap}" * 6000
    assert set(long_words(text).split()) == {word}


@given(_TREES, st.sampled_from(["n8n", "Make", "Zapier", "Python", "Other"]))
def test_any_tree_gives_findings(tree: Any, platform: str) -> None:
    _assert_sound(find_secrets(tree, platform=platform))


@given(_TEXTS, st.text(max_size=5).filter(str.isprintable))
def test_any_text_gives_findings(text: str, prefix: str) -> None:
    _assert_sound(find_secrets(text, platform="Python", where_prefix=prefix))


@given(_TREES)
def test_the_same_content_gives_the_same_findings(tree: Any) -> None:
    assert find_secrets(tree, platform="n8n") == find_secrets(tree, platform="n8n")


def test_a_number_no_text_can_be_made_of() -> None:
    _assert_sound(find_secrets({"password": 10**5000, 7: {"password": -1}}, platform="n8n"))


_MILLION = 1_000_000
_STUTTERED = (
    "sk- sk-proj- sk_ pat eyJ eyJa. eyJhbGciOiJIUzI1NiJ9. :// ://a: ://a:b@ a@ a. a@a. 1: "
    "12345678: M - +1 10. 0 DE12 A1 password= password=' token: key secret_ ?key= {{ {{{ }} "
    "8Q~ -us1 hook. PuTTY-User-Key-File-2: AccountKey= sig= &sig= mailgun xoxb-1- //a. "
    "hooks.slack.com/ //a.local /webhook/ \\ \\n ' \" AC SG. SG.a = a= cookie='a= AKIA a aB "
    "data:image/png;base64, \u0130"
)
_HOSTILE = [
    *_STUTTERED.split(),
    *("Bearer ", "basic ", "+1 ", "4539 ", "DE12 ", "password ", "api key ", "={{ '", "a b ", "\n"),
    *("-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "\x00"),
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", _HOSTILE)
def test_a_million_characters_of_anything_end_soon(piece: str) -> None:
    text = piece * (_MILLION // len(piece))
    _assert_sound(
        find_secrets({"password": text, "b": [{"name": "Cookie", "value": text}]}, platform="n8n")
    )


def test_a_bare_value_is_not_read_again_from_each_word_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged: list[int] = []

    def counting(value: str, shortest: int) -> bool:
        judged.append(len(value))
        return looks_random(value, shortest)

    monkeypatch.setattr(assignments, "looks_random", counting)
    text = "?key=" * 10_000
    list(assignments.assignment_hits(text))
    assert 0 < sum(judged) <= len(text)


def test_depth_costs_no_stack() -> None:
    tree: Any = "x"
    for _ in range(50_000):
        tree = {"a": [tree]}
    _assert_sound(find_secrets({"deep": tree, "password": "Tr4vel" + "-Light!"}, platform="n8n"))


def test_the_library_is_not_imported_before_it_is_needed() -> None:
    script = (
        "import sys\n"
        "from koda_desktop.workflows.secrets import find_secrets\n"
        "find_secrets({'text': 'nothing here', 'password': 'x'}, platform='n8n')\n"
        "assert not any(name.startswith(('detect_secrets', 'requests')) for name in sys.modules)\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
