"""The pictures of two samples beside the ones kept in ``golden``, looked at by a person.

The SVG must be the same but for half a unit in a number. After a wanted change, draw them anew with
``KODA_TEST_REDRAW=1``, look at them, and commit them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from koda_desktop.workflows.drawing.scene import build_scene
from koda_desktop.workflows.drawing.svg import to_svg
from tests.workflows.drawing.graphs import sample

GOLDEN = Path(__file__).parent / "golden"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
MARK = re.compile(r'(?<=["#tdg ])([tdg])[0-9a-f]{8}(?=[" )])')


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["support-drafts", "invoices"])
def test_a_sample_looks_as_it_did(name: str, dark: bool) -> None:
    graph, title = sample(f"{name}.n8n.json")
    drawn = to_svg(build_scene(graph, title), dark=dark)
    kept = GOLDEN / f"{name}.{'dark' if dark else 'light'}.svg"
    if os.environ.get("KODA_TEST_REDRAW"):
        kept.write_text(drawn, "utf-8", newline="\n")
    expected = kept.read_text("utf-8")
    drawn, expected = MARK.sub(r"\1", drawn), MARK.sub(r"\1", expected)
    assert NUMBER.sub("0", drawn) == NUMBER.sub("0", expected)
    pairs = zip(NUMBER.findall(drawn), NUMBER.findall(expected), strict=True)
    assert all(abs(float(new) - float(old)) <= 0.5 for new, old in pairs)
