"""What holds for every file: a report always, and a scrub that is stable and loses nothing else."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import CATEGORIES, PLATFORMS, Inspection
from tests.workflows.building import INSTANCE, Json, documents, inspected, workflows

_JSON_PIECES = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", ",", ":", '"nodes"', '"connections"', '"type"', '"wires"', '"flow"',
         '"n8n-nodes-base.set"', "1e999", "-0", "NaN", '"\\ud800"', "\\", '"', "null", "\ufeff"]
    ),
    max_size=40,
).map(lambda pieces: "".join(pieces).encode("utf-8"))  # fmt: skip


def _assert_sound(report: Inspection) -> None:
    """A report that can be shown, printed and stored, whatever it is about."""
    printed = json.dumps(report.as_json(), ensure_ascii=False).encode()
    assert json.loads(printed)["publishable"] is report.publishable
    assert report.platform in PLATFORMS
    assert report.proposal.category in CATEGORIES
    assert 0.0 <= report.confidence <= 1.0
    assert len(report.proposal.tags) == len(set(report.proposal.tags)) <= 10
    for text in (report.proposal.title, report.proposal.description, report.name):
        text.encode()
    keys = [step.name for step in report.graph.nodes]
    assert len(keys) == len(set(keys))
    for edge in report.graph.edges:
        assert {edge.source, edge.target} <= set(keys)


@given(st.binary(max_size=300) | _JSON_PIECES, st.text(max_size=20))
@example(b'{"nodes":[', "cut.json")
@example(b"\xff\xfe{\x00", "half.json")
@example(b"[" * 5000, "deep")
def test_any_bytes_give_a_report(data: bytes, file_name: str) -> None:
    _assert_sound(inspect_bytes(data, file_name))


@given(documents, st.sampled_from(PLATFORMS) | st.none())
def test_any_json_gives_a_report_whatever_platform_is_chosen(
    document: Any, platform: str | None
) -> None:
    report = inspect_bytes(json.dumps(document).encode(), "any.json", platform=platform)
    _assert_sound(report)
    assert platform is None or report.platform == platform


_WRECKS = st.fixed_dictionaries(
    {"nodes": st.lists(documents | st.fixed_dictionaries({"type": st.just("n8n-nodes-base.set")}))},
    optional={"connections": documents, "meta": documents, "settings": documents, "name": documents,
              "tags": documents, "active": documents, "pinData": documents},
)  # fmt: skip


@given(_WRECKS)
def test_wrecks_of_workflows_give_a_report(document: Json) -> None:
    _assert_sound(inspected(document))


@given(workflows())
def test_scrubbing_twice_changes_nothing_more(document: Json) -> None:
    once = inspected(document)
    assert once.platform == "n8n"
    assert once.packaged is not None
    again = inspect_bytes(once.packaged.data, "again.json")
    assert again.packaged is not None
    assert again.packaged.data == once.packaged.data
    assert again.removed == ()
    assert again.platform == "n8n"


@given(workflows())
def test_the_graph_stays_the_same(document: Json) -> None:
    before = inspected(document)
    assert before.packaged is not None
    after = inspect_bytes(before.packaged.data, "sample.json")
    assert after.graph == before.graph
    assert after.fingerprint == before.fingerprint
    assert after.node_count == before.node_count == len(before.graph.nodes)


@given(workflows())
def test_the_same_input_gives_the_same_package(document: Json) -> None:
    first, second = inspected(document), inspected(document)
    assert first == second


@given(workflows())
def test_unknown_keys_and_their_order_survive(document: Json) -> None:
    report = inspected(document)
    assert report.packaged is not None
    kept = json.loads(report.packaged.data)
    gone = {removal.where for removal in report.removed if removal.after is None}
    assert list(kept) == [key for key in document if key not in gone]
    assert {k: v for k, v in kept.items() if k.startswith("x-")} == {
        k: v for k, v in document.items() if k.startswith("x-")
    }
    for before, after in zip(document["nodes"], kept["nodes"], strict=True):
        unknown = [key for key in before if key.startswith("x-")]
        assert [key for key in after if key.startswith("x-")] == unknown
        assert all(after[key] == before[key] for key in unknown)
        assert after["parameters"].get("anything") == before["parameters"].get("anything")
        assert after["id"] == before["id"]
    assert kept["connections"] == document["connections"]


@given(workflows())
def test_no_trace_of_the_instance_stays(document: Json) -> None:
    report = inspected(document)
    assert report.packaged is not None
    if "meta" in document:
        assert INSTANCE.encode() not in report.packaged.data
    kept = json.loads(report.packaged.data)
    assert not {"id", "versionId", "pinData", "staticData", "shared"} & kept.keys()
    assert kept.get("active", False) is False
    for clean in kept["nodes"]:
        assert "webhookId" not in clean
        for reference in clean.get("credentials", {}).values():
            assert isinstance(reference, str) or set(reference) <= {"name"}


@given(st.text(max_size=200), st.integers(0, 60))
def test_a_cut_workflow_is_told_to_be_cut(note: str, length: int) -> None:
    whole = json.dumps({"nodes": [], "connections": {}, "note": note}).encode()
    report = inspect_bytes(whole[: min(length, len(whole) - 1)] or b"{", "cut.json")
    assert not report.publishable
    assert report.packaged is None
