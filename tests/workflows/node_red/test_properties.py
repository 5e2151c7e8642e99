"""What holds for every file of flows: a report always, and a scrub that loses nothing else."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.inspect import inspect_bytes
from tests.workflows.building import Json, documents, inspected, packaged
from tests.workflows.node_red.building import CLIENT, SECRET, flow_files
from tests.workflows.scrubbed import assert_only_listed_changes, assert_scrubbed_once, assert_sound

_WRECKS = st.lists(
    documents
    | st.fixed_dictionaries(
        {"id": st.sampled_from(["a", "b", ""]),
         "type": st.sampled_from(["tab", "group", "comment", "link in", "catch", "subflow",
                                  "subflow:a", "inject", "global-config", "x"]),
         "wires": documents | st.just([["a"]])},
        optional=dict.fromkeys(
            (
                "x", "y", "z", "links", "scope", "env", "nodes", "modules", "in", "out",
                "info", "name", "w", "h", "credentials", "password", "broker"
            ),
            documents,
        ),
    ),
    min_size=1,
)  # fmt: skip


@given(flow_files())
def test_a_scrubbed_file_holds_the_same_flows(document: list[Json]) -> None:
    report = inspected(document)
    assert (report.platform, report.sub_kind) == ("Other", "node-red")
    assert_scrubbed_once(report)


@given(flow_files())
def test_no_credential_stays_and_each_is_told(document: list[Json]) -> None:
    report = inspected(document)
    assert report.packaged is not None
    text = report.packaged.data.decode()
    assert SECRET not in text
    assert CLIENT not in text
    assert SECRET not in json.dumps([[r.before, r.after] for r in report.removed])
    told = {p.where for p in report.problems if p.code == "inline-credential"}
    assert told == {r.where for r in report.removed if "•" in r.before}


@given(flow_files())
def test_only_what_is_listed_changes(document: list[Json]) -> None:
    assert_only_listed_changes(inspected(document), document)


@given(flow_files())
def test_wires_are_edges(document: list[Json]) -> None:
    report = inspected(document)
    steps = [n for n in document if n["type"] not in ("tab", "comment", "mqtt-broker")]
    ids = {n["id"] for n in steps}
    wires = [w for n in steps for output in n["wires"] for w in output if w in ids]
    assert report.node_count == len(steps)
    assert sum(edge.kind == "main" for edge in report.graph.edges) == len(wires)


@given(flow_files(), st.booleans())
def test_the_answer_of_the_runtime_is_packaged_as_a_list(document: list[Json], leaks: bool) -> None:
    around = {"rev": "5", "credentials": {"n0": {"password": SECRET}} if leaks else {}}
    report = inspected({"flows": document} | around)
    assert packaged(report) == packaged(inspected(document))
    assert SECRET not in json.dumps([r.before for r in report.removed])
    assert {"rev", "credentials"} <= {removal.where for removal in report.removed}
    assert not leaks or not report.publishable


@given(_WRECKS)
def test_wrecks_of_flows_give_a_report(document: list[Json]) -> None:
    assert_sound(inspected(document))


@given(flow_files(), st.integers(1, 200))
def test_a_cut_file_is_told_to_be_cut(document: list[Json], length: int) -> None:
    whole = json.dumps(document).encode()
    report = inspect_bytes(whole[: max(1, len(whole) - length)], "cut.json")
    assert not report.publishable
    assert report.packaged is None
