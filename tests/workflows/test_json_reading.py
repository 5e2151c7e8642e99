from __future__ import annotations

import json

import pytest
from hypothesis import given

from koda_desktop.workflows.json_reading import JsonError, RawNumber, number, parse
from koda_desktop.workflows.json_writing import brief, to_bytes
from tests.workflows.building import documents


@pytest.mark.parametrize(
    "text", ["1.0", "4.20", "1e400", "-0", "-0.0", "1E5", "9" * 5000, "12345678901234567890"]
)
def test_numbers_are_written_as_they_were_read(text: str) -> None:
    assert to_bytes(parse(f"[{text}]").document) == f"[\n  {text}\n]\n".encode()


def test_small_integers_are_plain_integers() -> None:
    assert parse("[3, -12]").document == [3, -12]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3.0), (RawNumber("4.2"), 4.2), (RawNumber("1e400"), None), (True, None), ("3", None)],
)
def test_number_takes_finite_numbers_only(value: object, expected: float | None) -> None:
    assert number(value) == expected


@given(documents)
def test_writing_and_reading_gives_the_same_value(document: object) -> None:
    written = to_bytes(parse(json.dumps(document)).document)
    assert json.loads(written) == document
    assert to_bytes(parse(written.decode()).document) == written


def test_layout_is_two_spaces_and_real_characters() -> None:
    expected = '{\n  "ä": [\n    1,\n    {}\n  ],\n  "b": []\n}\n'
    assert to_bytes({"ä": [1, {}], "b": []}) == expected.encode()


def test_half_a_surrogate_pair_is_written_as_its_escape() -> None:
    document = parse('{"\\ud83d": "\\udc00 \\ud83d\\ude00"}').document
    written = to_bytes(document)
    assert written == '{\n  "\\ud83d": "\\udc00 😀"\n}\n'.encode()
    assert parse(written.decode()).document == document


def test_a_key_given_twice_is_found_where_it_is() -> None:
    parsed = parse('{"a": [{"k": 1, "k": 2, "k": 3}], "b": 1}')
    assert parsed.document == {"a": [{"k": 3}], "b": 1}
    found = [(str(d.where), d.lost, d.kept) for d in parsed.duplicates]
    assert found == [("a[0].k", 1, 3), ("a[0].k", 2, 3)]


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ('{"a": 1\n "b": 2}', 2, 2, "comma is missing"),
        ('{"a": "NaN",\n "b": NaN}', 2, 7, "NaN is not a JSON number"),
        ("[1,\n -Infinity]", 2, 2, "-Infinity is not"),
        ("{'a': 1}", 1, 2, "double quotes"),
        ('["a\nb"]', 1, 4, "line break"),
        ('{"a": 1} {"b": 2}', 1, 10, "after the end"),
        ('["\\x"]', 1, 3, "backslash"),
    ],
)
def test_faults_have_a_line_a_column_and_a_reason(
    text: str, line: int, column: int, part: str
) -> None:
    with pytest.raises(JsonError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert part in caught.value.reason
    assert not caught.value.cut_off


@pytest.mark.parametrize("text", ['{"a": [1, 2', '{"a": "half', '{"a":', "[", '{"a": 1,\n'])
def test_a_text_that_ends_too_early_is_told_apart(text: str) -> None:
    with pytest.raises(JsonError) as caught:
        parse(text)
    assert caught.value.cut_off


def test_the_snippet_is_the_line_with_a_caret_below() -> None:
    with pytest.raises(JsonError) as caught:
        parse('{\n\t"name": "x" "y"\n}')
    line, caret = caught.value.snippet.split("\n")
    assert line == ' "name": "x" "y"'
    assert line[caret.index("^")] == '"'
    assert caret.index("^") == caught.value.column - 1


def test_the_snippet_of_one_endless_line_stays_short() -> None:
    with pytest.raises(JsonError) as caught:
        parse('["' + "a" * 5000 + '" 1]')
    line, caret = caught.value.snippet.split("\n")
    assert len(line) < 120
    assert line[len(caret) - 1] == "1"


def test_brief_is_one_short_line() -> None:
    assert brief({"a": [1, {"b": None}], "c": "é"}) == '{"a": [1, {"b": null}], "c": "é"}'
    assert brief("\ud800") == '"\\ud800"'
    cut = brief(["x" * 1000] * 1000, limit=50)
    assert len(cut) == 51
    assert cut.endswith("…")
