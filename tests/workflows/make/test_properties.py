"""What holds for every blueprint: a report always, and a scrub that loses nothing else."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.inspect import inspect_bytes
from tests.workflows.building import Json, documents, inspected, packaged
from tests.workflows.make.building import TRACES, blueprints
from tests.workflows.scrubbed import assert_only_listed_changes, assert_scrubbed_once, assert_sound

_WRECKS = st.fixed_dictionaries(
    {"flow": st.lists(documents | st.fixed_dictionaries(
        {"module": st.just("a:B")},
        optional=dict.fromkeys(
            (
                "id", "parameters", "mapper", "metadata", "routes", "branches", "onerror",
                "tools", "filter"
            ),
            documents,
        )))},
    optional={"name": documents, "metadata": documents, "scheduling": documents},
)  # fmt: skip


@given(blueprints())
def test_a_scrubbed_blueprint_is_the_same_scenario(document: Json) -> None:
    report = inspected(document)
    assert (report.platform, report.sub_kind) == ("Make", "blueprint")
    assert_scrubbed_once(report)


@given(blueprints())
def test_nothing_of_the_account_stays(document: Json) -> None:
    report = inspected(document)
    assert report.packaged is not None
    text = report.packaged.data.decode()
    assert not [trace for trace in TRACES if trace in text]


@given(blueprints())
def test_only_what_is_listed_changes(document: Json) -> None:
    assert_only_listed_changes(inspected(document), document)


@given(blueprints())
def test_every_module_is_a_node(document: Json) -> None:
    text = json.dumps(document)
    report = inspected(document)
    assert report.node_count == len(report.graph.nodes) == text.count('"module":')


@given(blueprints(), st.sampled_from(["blueprint", "response"]))
def test_a_wrapped_blueprint_is_packaged_by_itself(document: Json, form: str) -> None:
    wrapped: Any = {"blueprint": document, "scheduling": {"type": "once"}}
    wrapped = wrapped if form == "blueprint" else {"code": "OK", "response": wrapped}
    report = inspected(wrapped)
    assert (report.platform, report.sub_kind) == ("Make", "wrapped")
    assert packaged(report) == packaged(inspected(document))
    assert_scrubbed_once(report, sub_kind="blueprint")


@given(_WRECKS)
def test_wrecks_of_blueprints_give_a_report(document: Json) -> None:
    assert_sound(inspected(document))


@given(blueprints(), st.integers(1, 400))
def test_a_cut_blueprint_is_told_to_be_cut(document: Json, length: int) -> None:
    whole = json.dumps(document).encode()
    report = inspect_bytes(whole[: max(1, len(whole) - length)], "cut.json")
    assert not report.publishable
    assert report.packaged is None
