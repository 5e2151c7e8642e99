"""The sample workflows that come with the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.workflows.inspect import inspect_bytes, inspect_path
from koda_desktop.workflows.inspection import Severity

_PLATFORMS = {".n8n": "n8n", ".make": "Make", ".zapier": "Zapier", ".node-red": "Other"}
_SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


@pytest.mark.parametrize("path", sorted(_SAMPLES.iterdir()), ids=lambda path: path.name)
def test_samples_are_sold_clean(path: Path) -> None:
    report = inspect_path(path)
    assert report.platform == _PLATFORMS[path.suffixes[-2]]
    assert report.publishable
    assert report.removed
    assert all(problem.severity is Severity.INFO for problem in report.problems)
    assert report.packaged is not None
    again = inspect_bytes(report.packaged.data, report.packaged.name)
    assert (again.removed, again.graph) == ((), report.graph)


def test_the_samples_show_every_form() -> None:
    assert {inspect_path(path).sub_kind for path in _SAMPLES.iterdir()} == {
        "workflow", "fragment", "wrapped", "list", "blueprint", "account-export", "node-red",
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


@pytest.mark.parametrize(
    "name", ["order-alerts.make.json", "signup-follow-up.zapier.json", "greenhouse.node-red.json"]
)
def test_samples_of_other_platforms_lose_every_trace_of_their_owner(name: str) -> None:
    before = (_SAMPLES / name).read_text()
    report = inspect_path(_SAMPLES / name)
    assert report.packaged is not None
    after = report.packaged.data.decode()
    traces = ("2149377", "5519023", "61204", "mara@", "Northwind", "eu2.make.com", "18820411",
              "20331904", "40127733", "lena@", "northwind-pi")  # fmt: skip
    present = [trace for trace in traces if trace in before]
    assert present
    assert not [trace for trace in present if trace in after]
