from __future__ import annotations

import pytest

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.json_limits import broken_limit
from tests.workflows.building import codes

CAPS = Caps(max_depth=10, max_values=100)


def test_depth_is_counted_outside_strings_only() -> None:
    assert broken_limit(b"[" * 10 + b"]" * 10, CAPS) is None
    assert broken_limit(b"[" * 11 + b"]" * 11, CAPS) == "too-deep"
    assert broken_limit(b'{"a":' * 11, CAPS) == "too-deep"
    assert broken_limit(b'["' + b"[" * 50 + b'"]', CAPS) is None
    assert broken_limit(b'["\\"' + b"[" * 50 + b'"]', CAPS) is None
    assert broken_limit(b'["\\\\",' + b"[" * 50, CAPS) == "too-deep"


def test_values_are_counted() -> None:
    assert broken_limit(b"[" + b"1," * 90 + b"1]", CAPS) is None
    assert broken_limit(b"[" + b"1," * 200 + b"1]", CAPS) == "too-many-values"
    assert broken_limit(b'"' * 1000, CAPS) == "too-many-values"


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"nodes":' * 50_000, b'[{"a":' * 100_000])
def test_endless_nesting_is_refused_before_it_is_parsed(data: bytes) -> None:
    report = inspect_bytes(data, "deep.json")
    assert codes(report) == ["too-deep"]
    assert report.packaged is None


def test_as_deep_as_allowed_is_read_and_written() -> None:
    depth = Caps().max_depth - 4
    parameters = b'{"p":' * depth + b"1" + b"}" * depth
    data = (
        b'{"nodes":[{"name":"a","type":"n8n-nodes-base.webhook","position":[0,0],"parameters":'
        + parameters
        + b'}],"connections":{}}'
    )
    report = inspect_bytes(data, "deep.json")
    assert report.publishable
    assert report.packaged is not None
    assert report.packaged.data.count(b'"p"') == depth


def test_a_depth_the_interpreter_cannot_bear_is_not_accepted() -> None:
    with pytest.raises(ValueError):
        Caps(max_depth=100_000)


def test_a_very_long_string_is_no_trouble() -> None:
    data = b'["' + b"\\n[{" * 1_000_000 + b'"]'
    assert inspect_bytes(data, "long.json").sub_kind == "json"
