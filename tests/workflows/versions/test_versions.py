"""The proposed version: what counts as major, minor and patch, and that nothing else does."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection
from koda_desktop.workflows.versions import Level, bumped, propose_bump
from tests.workflows.building import Json, edges, inspected, node, workflow, workflows

_BASE = workflow(
    node("Start"),
    node("Post", "n8n-nodes-base.slack", credentials={"slackApi": {"id": "1", "name": "Mine"}}),
    node("Wait", "n8n-nodes-base.wait"),
    connections=edges(("Start", "Post"), ("Post", "Wait")),
)
_PYTHON = (
    b'import os\nimport requests\n\n\ndef f():\n    """Says."""\n    print(os.getenv("A_KEY"))\n'
)


def _changed(**changes: object) -> Inspection:
    document = deepcopy(_BASE)
    for place, value in changes.items():
        kind, _, key = place.partition("__")
        target = document["nodes"][int(kind[1:])] if key else document
        target[key or kind] = value
    return inspected(document)


@pytest.mark.parametrize(
    ("new", "level"),
    [
        (_changed(), Level.NONE),
        (_changed(n1__position=[5, 5]), Level.PATCH),
        (_changed(n1__notes="More on this"), Level.PATCH),
        (_changed(n2__parameters={"amount": 3}), Level.PATCH),
        (_changed(n0__type="n8n-nodes-base.scheduleTrigger"), Level.MAJOR),
        (_changed(n1__credentials={"slackOAuth2Api": {"name": "x"}}), Level.MAJOR),
        (_changed(n1__credentials={}), Level.MAJOR),
        (_changed(n2__type="n8n-nodes-base.set"), Level.MINOR),
        (_changed(n2__disabled=True), Level.MINOR),
        (_changed(connections=edges(("Start", "Post"), ("Start", "Wait"))), Level.MINOR),
        (_changed(connections=edges(("Start", "Post"))), Level.MINOR),
        (_changed(nodes=[*_BASE["nodes"], node("End", "n8n-nodes-base.noOp")]), Level.MINOR),
        (_changed(nodes=_BASE["nodes"][:2], connections=edges(("Start", "Post"))), Level.MINOR),
    ],
)
def test_levels_of_changes(new: Inspection, level: Level) -> None:
    bump = propose_bump(inspected(_BASE), new, "1.4.2")
    assert bump.level is level, bump.reasons
    expected = {Level.NONE: "1.4.2", Level.PATCH: "1.4.3", Level.MINOR: "1.5.0"}
    assert bump.version == expected.get(level, "2.0.0")
    assert bump.reasons
    assert all(reason.endswith(".") for reason in bump.reasons)


def test_reasons_say_what_changed() -> None:
    document = deepcopy(_BASE)
    document["nodes"][0]["type"] = "n8n-nodes-base.scheduleTrigger"
    document["nodes"].append(node("End", "n8n-nodes-base.noOp"))
    reasons = propose_bump(inspected(_BASE), inspected(document)).reasons
    assert reasons[0] == "It starts otherwise: Schedule new, Webhook gone."
    assert any(reason.startswith("1 step added") for reason in reasons)


def test_another_trigger_of_the_same_kind_is_major() -> None:
    old, new = (_changed(n0__type=f"n8n-nodes-base.{kind}") for kind in ("cron", "scheduleTrigger"))
    assert old.triggers == new.triggers == ("Schedule",)
    assert propose_bump(old, new).level is Level.MAJOR


def test_a_rename_is_a_patch() -> None:
    document = deepcopy(_BASE)
    document["nodes"][2]["name"] = "Pause"
    document["connections"] = edges(("Start", "Post"), ("Post", "Pause"))
    assert propose_bump(inspected(_BASE), inspected(document)).level is Level.PATCH


@pytest.mark.parametrize(
    ("data", "level"),
    [
        (_PYTHON, Level.NONE),
        (_PYTHON.replace(b"Says", b"Tells"), Level.PATCH),
        (_PYTHON.replace(b"print", b"repr"), Level.MINOR),
        (_PYTHON.replace(b"requests", b"httpx"), Level.MINOR),
        (_PYTHON.replace(b"A_KEY", b"B_KEY"), Level.MAJOR),
        (_PYTHON.replace(b"requests", b"argparse"), Level.MAJOR),
        (b"# /// script\n# requires-python = '>=3.12'\n# ///\n" + _PYTHON, Level.MINOR),
    ],
)
def test_levels_of_changes_in_python(data: bytes, level: Level) -> None:
    old, new = inspect_bytes(_PYTHON, "a.py"), inspect_bytes(data, "a.py")
    assert propose_bump(old, new).level is level


def test_another_platform_is_major() -> None:
    old, new = inspected(_BASE), inspect_bytes(_PYTHON, "a.py")
    assert propose_bump(old, new).reasons[0] == "It runs on Python where it ran on n8n."


def test_what_nobody_understands_changes_by_a_patch() -> None:
    old, new = inspect_bytes(b"some text", "a"), inspect_bytes(b"some other text", "a")
    assert propose_bump(old, new).level is Level.PATCH


@pytest.mark.parametrize(
    ("version", "level", "found"),
    [
        ("1.2.3", Level.PATCH, "1.2.4"),
        ("1.2.3", Level.MINOR, "1.3.0"),
        ("1.2.3", Level.MAJOR, "2.0.0"),
        ("0.3.1", Level.MAJOR, "1.0.0"),
        ("1.2.3+5", Level.PATCH, "1.2.4"),
        ("2.0.0-beta.1", Level.MAJOR, "2.0.0"),
        ("2.1.0-beta", Level.MINOR, "2.1.0"),
        ("2.1.0-beta", Level.MAJOR, "3.0.0"),
        ("2.1.3-beta", Level.PATCH, "2.1.3"),
        ("2.1.3-beta", Level.MINOR, "2.2.0"),
        ("2.1.3-beta", Level.NONE, "2.1.3-beta"),
    ],
)
def test_numbers(version: str, level: Level, found: str) -> None:
    assert bumped(version, level) == found


@pytest.mark.parametrize("version", ["", "1", "1.2", "v1.2.3", "1.02.3", "1.2.3.4", "1.2.3-", "x"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="no semantic version"):
        bumped(version, Level.PATCH)


@given(st.tuples(*[st.integers(0, 99)] * 3), st.sampled_from(list(Level)[1:]))
def test_every_bump_goes_up(numbers: tuple[int, int, int], level: Level) -> None:
    moved = tuple(map(int, bumped(".".join(map(str, numbers)), level).split(".")))
    assert moved > numbers
    assert moved[4 - level :] == (0,) * (level - 1)


@given(workflows())
def test_a_package_is_no_new_version_of_its_own_source(document: Json) -> None:
    first = inspected(document)
    assert first.packaged is not None
    assert propose_bump(first, inspect_bytes(first.packaged.data, "x.json")).level is Level.NONE


@given(workflows(), workflows())
def test_what_costs_the_buyer_work_is_major_and_only_that(old: Json, new: Json) -> None:
    before, after = inspected(old), inspected(new)
    there, back = propose_bump(before, after), propose_bump(after, before)
    assert there.level is back.level
    types = [{n.type for n in one.graph.nodes if n.is_trigger} for one in (before, after)]
    is_major = (
        set(before.triggers) != set(after.triggers)
        or set(before.credentials) != set(after.credentials)
        or types[0] != types[1]
    )
    assert (there.level is Level.MAJOR) is is_major
    if not is_major and before.fingerprint != after.fingerprint:
        assert there.level is Level.MINOR


@given(workflows(), st.integers(-500, 500))
def test_moving_steps_is_at_most_a_patch(document: Json, shift: int) -> None:
    moved = deepcopy(document)
    for step in moved["nodes"]:
        step["position"] = [shift, 3 * shift]
    assert propose_bump(inspected(document), inspected(moved)).level <= Level.PATCH
