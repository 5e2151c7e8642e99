"""The sample workflows that come with the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.workflows.inspect import inspect_bytes, inspect_path
from koda_desktop.workflows.inspection import Severity

_SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


@pytest.mark.parametrize("path", sorted(_SAMPLES.iterdir()), ids=lambda path: path.name)
def test_samples_are_sold_clean(path: Path) -> None:
    report = inspect_path(path)
    assert report.platform == "n8n"
    assert report.publishable
    assert report.removed
    assert all(problem.severity is Severity.INFO for problem in report.problems)
    assert report.packaged is not None
    again = inspect_bytes(report.packaged.data, report.packaged.name)
    assert (again.removed, again.graph) == ((), report.graph)


def test_the_samples_show_every_form() -> None:
    assert {inspect_path(path).sub_kind for path in _SAMPLES.iterdir()} == {
        "workflow", "fragment", "wrapped", "list",
    }  # fmt: skip


def test_the_main_sample_has_something_of_everything() -> None:
    report = inspect_path(_SAMPLES / "lead-digest.n8n.json")
    assert report.name == report.proposal.title == "Daily lead digest"
    assert report.node_count == 11
    assert report.triggers == ("Webhook", "Schedule")
    assert len(report.graph.notes) == 2
    assert report.proposal.category == "Sales"
    removed = {removal.where for removal in report.removed}
    assert {"id", "pinData", "meta.instanceId", "nodes[2].parameters.path"} <= removed
    assert report.packaged is not None
    for trace in (b"northwind", b"Northwind", b"mara@", b"lena@", b"4f1d8b2c9e7a"):
        assert trace not in report.packaged.data
