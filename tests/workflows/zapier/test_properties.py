"""What holds for every export: a report always, and a scrub that loses nothing else."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.inspect import inspect_bytes
from tests.workflows.building import Json, documents, inspected
from tests.workflows.scrubbed import assert_only_listed_changes, assert_scrubbed_once, assert_sound
from tests.workflows.zapier.building import TRACES, exports

_STEPS = documents | st.fixed_dictionaries(
    {"selected_api": documents},
    optional=dict.fromkeys(
        (
            "id", "parent_id", "root_id", "params", "meta", "action", "type_of", "title",
            "authentication_id"
        ),
        documents,
    ),
)  # fmt: skip
_WRECKS = st.fixed_dictionaries(
    {"zaps": st.lists(documents | st.fixed_dictionaries(
        {"nodes": documents | st.dictionaries(st.text(max_size=3), _STEPS, max_size=4)},
        optional={"id": documents, "title": documents, "status": documents}), max_size=3)},
    optional={"metadata": documents},
)  # fmt: skip


@given(exports())
def test_a_scrubbed_export_holds_the_same_zaps(document: Json) -> None:
    report = inspected(document)
    assert report.platform == "Zapier"
    assert_scrubbed_once(report)


@given(exports())
def test_nothing_of_the_account_stays(document: Json) -> None:
    report = inspected(document)
    assert report.packaged is not None
    text = report.packaged.data.decode()
    assert not [trace for trace in TRACES if trace in text]


@given(exports())
def test_only_what_is_listed_changes(document: Json) -> None:
    assert_only_listed_changes(inspected(document), document)


@given(exports())
def test_every_step_is_a_node_and_follows_its_parent(document: Json) -> None:
    report = inspected(document)
    steps = [s for zap in document["zaps"] for s in zap["nodes"].values()]
    assert report.node_count == len(report.graph.nodes) == len(steps)
    assert len(report.graph.edges) == sum(s["parent_id"] is not None for s in steps)
    assert all(node.position is None for node in report.graph.nodes)


@given(_WRECKS)
def test_wrecks_of_exports_give_a_report(document: Json) -> None:
    assert_sound(inspected(document))


@given(exports(), st.integers(1, 200))
def test_a_cut_export_is_told_to_be_cut(document: Json, length: int) -> None:
    whole = json.dumps(document).encode()
    report = inspect_bytes(whole[: max(1, len(whole) - length)], "cut.json")
    assert not report.publishable
    assert report.packaged is None
