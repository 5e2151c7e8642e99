"""What is taken out of a blueprint, what stays, and that each change is listed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.building import inspected, packaged, removed
from tests.workflows.make.building import blueprint, module


@pytest.mark.parametrize(
    "key",
    ["__IMTCONN__", "__IMTKEY__", "hook", "datastore", "agent", "apiKeyKeychain",
     "makeConnectionId",
     "basicAuthKeychain", "oAuthAccount", "proxyKeychain", "bodyDataStructure"],
)  # fmt: skip
@pytest.mark.parametrize("value", [17, "17", {"id": 17}])
def test_references_to_the_account_go(key: str, value: Any) -> None:
    report = inspected(blueprint(module(parameters={key: value, "limit": 3})))
    assert packaged(report)["flow"][0]["parameters"] == {"limit": 3}
    assert removed(report) == {f"flow[0].parameters.{key}": None}


@pytest.mark.parametrize("value", ["{{2.store}}", "", None])
def test_empty_fields_and_mapped_ones_stay(value: Any) -> None:
    report = inspected(blueprint(module(parameters={"datastore": value})))
    assert packaged(report)["flow"][0]["parameters"] == {"datastore": value}
    assert removed(report) == {}


@pytest.mark.parametrize(
    ("kind", "gone"),
    [("account:slack2,slack3", True), ("hook:gateway-webhook", True), ("keychain:apikeyauth", True),
     ("udt", True), ("text", False), ("select", False)],
)  # fmt: skip
def test_the_declared_type_of_a_field_tells_what_it_is(kind: str, gone: bool) -> None:
    fields = [{"name": "own", "type": kind, "label": "Own"}, "odd", {"type": 5}]
    made = module(parameters={"own": 5}, mapper={"own": 6}, metadata={"parameters": fields})
    kept = packaged(inspected(blueprint(made)))["flow"][0]
    assert ("own" in kept["parameters"]) is not gone
    assert ("own" in kept["mapper"]) is not gone


def test_kept_keys_of_the_http_app_go_without_a_declared_type_too() -> None:
    request = module(1, "http:ActionSendDataAPIKeyAuth", parameters={"auth": 72749, "handle": True})
    other = module(2, "redis:Get", parameters={"auth": 5, "key": "cache"})
    kept = packaged(inspected(blueprint(request, other)))["flow"]
    assert [made["parameters"] for made in kept] == [{"handle": True}, {"auth": 5, "key": "cache"}]


@pytest.mark.parametrize("key", ["restore", "expect", "interface", "parameters", "advanced"])
def test_what_the_editor_loads_again_goes(key: str) -> None:
    metadata = {"designer": {"x": 1, "y": 2, "name": "N"}, key: [{"label": "mine"}], "own": 1}
    report = inspected(blueprint(module(metadata=metadata)))
    kept = packaged(report)["flow"][0]["metadata"]
    assert kept == {"designer": {"x": 1, "y": 2, "name": "N"}, "own": 1}
    assert removed(report) == {f"flow[0].metadata.{key}": None}


@pytest.mark.parametrize("key", ["routes", "branches", "tools"])
def test_nested_flows_are_scrubbed(key: str) -> None:
    inner = module(2, parameters={"__IMTCONN__": 5})
    deep = module(3, parameters={"__IMTCONN__": 5}, onerror=[module(4, parameters={"hook": 6})])
    outer = module(1, **{key: [{"label": "a", "flow": [inner]}, {"flow": [deep], "merge": True}]})
    report = inspected(blueprint(outer))
    assert set(removed(report)) == {
        f"flow[0].{key}[0].flow[0].parameters.__IMTCONN__",
        f"flow[0].{key}[1].flow[0].parameters.__IMTCONN__",
        f"flow[0].{key}[1].flow[0].onerror[0].parameters.hook",
    }
    kept = packaged(report)["flow"][0][key]
    assert kept[0]["label"] == "a"
    assert kept[1]["merge"] is True


@pytest.mark.parametrize("listed", [[module(9, parameters={"hook": 6})],
                                    module(9, parameters={"hook": 6})])  # fmt: skip
def test_modules_left_on_the_canvas_are_scrubbed(listed: Any) -> None:
    document = blueprint()
    document["metadata"]["designer"]["orphans"] = [listed]
    report = inspected(document)
    assert [r.reason for r in report.removed] == ["identifies a webhook of your account"]
    assert "6" not in str(packaged(report)["metadata"]["designer"]["orphans"])


def test_the_scenario_keeps_how_it_runs_and_its_notes() -> None:
    document = blueprint(scheduling={"type": "once"}, teamId=5, interface={"input": []})
    document["metadata"] |= {"zone": "eu1.make.com", "notes": [{"content": "Hi"}], "own": 1}
    document["metadata"]["designer"] = {"samples": {"1": {"mail": "a@b.example"}}, "orphans": []}
    report = inspected(document)
    kept = packaged(report)
    assert kept["metadata"] == {
        "version": 1, "instant": True, "scenario": {"roundtrips": 1}, "designer": {"orphans": []},
        "notes": [{"content": "Hi"}], "own": 1,
    }  # fmt: skip
    assert kept["interface"] == {"input": []}
    assert set(removed(report)) == {"scheduling", "teamId", "metadata.zone",
                                    "metadata.designer.samples"}  # fmt: skip


def test_what_stood_around_the_blueprint_is_listed() -> None:
    report = inspected({"code": "OK", "response": {"blueprint": blueprint(), "idSequence": 9}})
    assert removed(report) == {"code": None, "response.idSequence": None}
    assert packaged(report) == blueprint()


def test_before_is_shown_with_the_reason() -> None:
    [removal] = inspected(blueprint(module(parameters={"__IMTCONN__": 4711}))).removed
    assert (removal.before, removal.after) == ("4711", None)
    assert "connection" in removal.reason


def test_subflows_are_cleaned() -> None:
    inner = {"flow": [module(2, "slack:CreateMessage", parameters={"__IMTCONN__": 7})]}
    report = inspected(blueprint(module(1), subflows=[inner, {"flow": "odd"}]))
    assert packaged(report)["subflows"][0]["flow"][0]["parameters"] == {}
    assert "subflows[0].flow[0].parameters.__IMTCONN__" in removed(report)
