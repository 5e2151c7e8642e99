"""Two versions of a workflow: what counts as the same step, and what as a change."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.runtime.resources import resource
from koda_desktop.workflows.comparing import Comparison, compare
from koda_desktop.workflows.inspect import inspect_path
from tests.workflows.building import edges, inspected, node, workflow, workflows

ASK = {"url": "https://example.com/1", "method": "GET"}


def chain(*nodes: dict[str, Any]) -> dict[str, Any]:
    names = [one["name"] for one in nodes]
    return workflow(*nodes, connections=edges(*itertools.pairwise(names)))


def ask(name: str = "Ask", **more: Any) -> dict[str, Any]:
    return node(name, "n8n-nodes-base.httpRequest", **{"parameters": ASK, **more})


def compared(old: Any, new: Any) -> Comparison:
    return compare(inspected(old), inspected(new))


def test_the_same_workflow_has_no_difference() -> None:
    found = compared(chain(node(), ask()), chain(node(), ask()))
    assert found.is_same
    assert found.renamed == ()


def test_places_notes_and_instance_data_do_not_count() -> None:
    old = chain(node(), ask())
    note = node("Note", "n8n-nodes-base.stickyNote", parameters={"content": "New"})
    new = chain(node(position=[9, 9]), ask(webhookId="x", notes="why"))
    new["nodes"].append(note)
    new |= {"id": "7", "active": True, "meta": {"instanceId": "9c4e" * 16}}
    assert compared(old, new).is_same


def test_steps_and_connections_are_added_and_removed() -> None:
    found = compared(chain(node(), ask("A")), chain(node(), node("B", "n8n-nodes-base.set")))
    assert [one.name for one in found.added] == ["B"]
    assert [one.name for one in found.removed] == ["A"]
    assert [(edge.source, edge.target) for edge in found.edges_added] == [("Start", "B")]
    assert [(edge.source, edge.target) for edge in found.edges_removed] == [("Start", "A")]


def test_a_step_with_the_same_id_is_the_same_step() -> None:
    old = workflow(node(), ask("Ask", id="5"))
    new = workflow(node(), ask("Question", id="5", parameters={"url": "2", "method": "GET"}))
    found = compared(old, new)
    assert found.renamed == (("Ask", "Question"),)
    assert [(change.name, change.settings) for change in found.changed] == [("Question", ("url",))]


def test_a_step_with_the_same_settings_is_the_same_step() -> None:
    found = compared(workflow(node(), ask("Ask")), workflow(node(), ask("Question")))
    assert found.renamed == (("Ask", "Question"),)
    assert (found.added, found.removed, found.changed) == ((), (), ())
    assert found.is_same


def test_a_step_between_the_same_steps_is_the_same_step() -> None:
    other = {"url": "2", "method": "GET"}
    found = compared(
        chain(node(), ask("Ask"), ask("More")),
        chain(node(), ask("Question", parameters=other), ask("More")),
    )
    assert found.renamed == (("Ask", "Question"),)
    assert (found.added, found.removed, found.edges_added, found.edges_removed) == ((),) * 4


def test_of_steps_that_look_alike_none_is_taken_for_another() -> None:
    old = workflow(node(), ask("A"), ask("B"))
    found = compared(old, workflow(node(), ask("C")))
    assert found.renamed == ()
    assert [one.name for one in found.added] == ["C"]
    assert [one.name for one in found.removed] == ["A", "B"]


def test_two_steps_that_swap_settings_are_not_swapped() -> None:
    first, second = {"url": "1"}, {"url": "2"}
    old = chain(node(), ask("A", parameters=first), ask("B", parameters=second))
    new = chain(node(), ask("A", parameters=second), ask("B", parameters=first))
    found = compared(old, new)
    assert found.renamed == ()
    assert [(change.name, change.settings) for change in found.changed] == [
        ("A", ("url",)),
        ("B", ("url",)),
    ]


def test_only_the_names_of_parameters_are_told() -> None:
    old = chain(node(), ask(parameters={"url": "secret-1", "gone": 1, "same": [1]}))
    new = chain(node(), ask(parameters={"url": "secret-2", "same": [1], "came": {"a": 1}}))
    found = compared(old, new)
    (change,) = found.changed
    assert change.settings == ("url", "came", "gone")
    assert "secret" not in repr(found)


def test_types_switches_and_versions_of_steps_count() -> None:
    old = chain(node(), ask(), ask("Two"), ask("Three"))
    new = chain(node(), ask(disabled=True), ask("Two", typeVersion=4), ask("Three", type="x.other"))
    by_name = {change.name: change for change in compared(old, new).changed}
    assert by_name["Ask"].disabled is True
    assert by_name["Two"].settings == ("typeVersion",)
    assert by_name["Three"].type == ("n8n-nodes-base.httpRequest", "x.other")


def test_triggers_credentials_and_apps_are_compared() -> None:
    gmail = {"credentials": {"gmailOAuth2": {"id": "1", "name": "Mine"}}}
    old = chain(node(), ask())
    new = chain(
        node("Every day", "n8n-nodes-base.scheduleTrigger"),
        node("Mail", "n8n-nodes-base.gmail", **gmail),
    )
    found = compared(old, new)
    assert (found.triggers.added, found.triggers.removed) == (("Schedule",), ("Webhook",))
    assert found.credentials.added == ("gmailOAuth2",)
    assert found.integrations.added == ("Gmail",)


def make(*modules: dict[str, Any]) -> dict[str, Any]:
    designer = {"designer": {"x": 0, "y": 0}}
    flow = [{"version": 1, "mapper": {}, "metadata": designer, **one} for one in modules]
    return {"name": "Sample", "flow": flow, "metadata": {"version": 1}}


def test_modules_of_make_are_known_by_their_ids() -> None:
    http = "http:ActionSendData"
    first = {"id": 1, "module": http, "mapper": {"url": "a"}}
    last = {"id": 2, "module": http, "mapper": {"url": "b"}}
    between = {"id": 3, "module": http, "mapper": {"url": "c"}}
    changed = {**last, "mapper": {"url": "changed"}}
    found = compared(make(first, last), make(first, between, changed))
    names = [one.name for one in inspected(make(first, between, changed)).graph.nodes]
    assert [one.name for one in found.added] == [names[1]]
    assert found.removed == ()
    assert [(change.name, change.settings) for change in found.changed] == [(names[2], ("url",))]


def test_steps_of_node_red_and_zapier_are_compared() -> None:
    tab = {"id": "t", "type": "tab", "label": "Flow"}
    inject = {"id": "a", "type": "inject", "z": "t", "x": 1, "y": 1, "wires": [["b"]], "repeat": ""}
    debug = {"id": "b", "type": "debug", "z": "t", "x": 9, "y": 1, "wires": [], "active": True}
    (change,) = compared([tab, inject, debug], [tab, {**inject, "repeat": "5"}, debug]).changed
    assert change.settings == ("repeat",)

    def zap(params: dict[str, Any]) -> dict[str, Any]:
        step = {
            "id": 1, "type_of": "read", "action": "new_row", "selected_api": "GoogleSheetsV2API",
            "params": params, "parent_id": None, "root_id": None, "paused": False,
        }  # fmt: skip
        return {
            "metadata": {"version": "1"},
            "zaps": [{"id": 1, "title": "Z", "nodes": {"1": step}}],
        }

    (change,) = compared(zap({"sheet": "a"}), zap({"sheet": "b"})).changed
    assert change.settings == ("sheet",)


def test_another_platform_is_told() -> None:
    found = compared(chain(node()), make({"id": 1, "module": "http:ActionSendData"}))
    assert found.platform == ("n8n", "Make")
    assert not found.is_same


@given(workflows(), st.randoms(use_true_random=False))
def test_the_order_of_steps_does_not_matter(document: dict[str, Any], luck: random.Random) -> None:
    shuffled = json.loads(json.dumps(document))
    luck.shuffle(shuffled["nodes"])
    assert compared(document, shuffled).is_same


@given(workflows(), workflows())
def test_going_back_undoes_going_forth(old: dict[str, Any], new: dict[str, Any]) -> None:
    forth, back = compared(old, new), compared(new, old)
    assert {one.name for one in forth.added} == {one.name for one in back.removed}
    assert {one.name for one in forth.removed} == {one.name for one in back.added}
    assert {(a, b) for a, b in forth.renamed} == {(b, a) for a, b in back.renamed}
    assert len(forth.edges_added) == len(back.edges_removed)
    assert forth.is_same == back.is_same


@pytest.mark.parametrize("name", ["lead-digest", "uptime-check", "support-drafts", "invoices"])
def test_a_scrubbed_sample_is_the_same_workflow(name: str, tmp_path: Path) -> None:
    old = inspect_path(resource(f"samples/{name}.n8n.json"))
    assert old.packaged is not None
    (tmp_path / "clean.json").write_bytes(old.packaged.data)
    assert compare(old, inspect_path(tmp_path / "clean.json")).is_same
