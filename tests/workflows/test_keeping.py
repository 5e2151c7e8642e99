"""What a seller may keep: it stays, it tells nothing of the instance, and the rest goes as ever."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection
from koda_desktop.workflows.kept import NOTHING_KEPT, Kept
from koda_desktop.workflows.removal_kinds import OPTIONAL, RemovalKind, optional_kind
from tests.workflows.building import INSTANCE, Json, inspected, node, packaged, removed, workflow
from tests.workflows.building import workflows as n8n_workflows
from tests.workflows.make import building as make
from tests.workflows.zapier import building as zapier

_ALL = Kept(frozenset(OPTIONAL))
_documents = n8n_workflows() | make.blueprints() | zapier.exports()
_kinds = st.frozensets(st.sampled_from(list(OPTIONAL))).map(Kept)


def _places(report: Inspection) -> set[tuple[str, str]]:
    return {(one.kind, one.where) for one in report.removed if one.is_optional}


@given(_documents, _kinds)
def test_scrubbing_twice_changes_nothing_more_whatever_is_kept(document: Json, kept: Kept) -> None:
    once = inspected(document, kept=kept)
    assert once == inspected(document, kept=kept)
    assert once.packaged is not None
    again = inspect_bytes(once.packaged.data, "sample.json", kept=kept)
    assert again.packaged == once.packaged
    assert again.removed == ()
    assert [one.kind for one in again.kept] == [one.kind for one in once.kept]
    assert (again.graph, again.fingerprint) == (once.graph, once.fingerprint)


@given(_documents, st.data())
def test_single_places_are_kept_and_stay_kept(document: Json, data: st.DataObject) -> None:
    found = sorted(_places(inspected(document)))
    if not found:
        return
    kept = Kept(places=frozenset(data.draw(st.sets(st.sampled_from(found)))))
    once = inspected(document, kept=kept)
    assert {(one.kind, one.where) for one in once.kept} == kept.places
    assert once.packaged is not None
    again = inspect_bytes(once.packaged.data, "sample.json", kept=kept)
    assert (again.packaged, again.removed) == (once.packaged, ())


@given(_documents, _kinds)
def test_a_kept_place_is_one_that_would_be_removed(document: Json, kept: Kept) -> None:
    bare, full = inspected(document), inspected(document, kept=kept)
    assert bare.kept == ()
    assert {one.kind for one in full.kept} <= kept.kinds
    assert {one.where for one in full.kept} <= {one.where for one in bare.removed}
    changed = {one.where for one in (*full.removed, *full.kept)}
    assert changed == {one.where for one in bare.removed}


@given(_documents)
def test_what_is_mandatory_goes_whatever_is_asked_for(document: Json) -> None:
    greedy = frozenset(RemovalKind)
    places = frozenset(
        (kind, one.where) for one in inspected(document).removed for kind in RemovalKind
    )
    assert inspected(document, kept=Kept(greedy, places)) == inspected(document, kept=_ALL)


@given(make.blueprints())
def test_no_trace_of_an_account_stays_in_a_blueprint_with_all_hints(document: Json) -> None:
    report = inspected(document, kept=_ALL)
    assert report.packaged is not None
    text = report.packaged.data.decode()
    assert not [trace for trace in make.TRACES if trace in text and trace != make.ZONE]


@given(zapier.exports())
def test_no_trace_of_an_account_stays_in_an_export_with_all_labels(document: Json) -> None:
    report = inspected(document, kept=_ALL)
    assert report.packaged is not None
    text = report.packaged.data.decode()
    assert not [trace for trace in zapier.TRACES if trace in text]


@given(n8n_workflows())
def test_no_trace_of_an_instance_stays_with_all_marks(document: Json) -> None:
    report = inspected(document, kept=_ALL)
    kept = packaged(report)
    assert not {"id", "versionId", "pinData", "staticData", "shared"} & kept.keys()
    assert INSTANCE not in json.dumps(kept.get("meta"))
    assert "errorWorkflow" not in kept.get("settings", {})


# -- each kind on its own --


def _hinted() -> Json:
    fields = [
        {"name": "channel", "type": "select", "label": "Channel", "required": True,
         "validate": {"enum": ["C0AB1", "C0AB2"], "max": 9}},
        {"name": "VAT of Acme", "type": "text"},
    ]  # fmt: skip
    restore = {
        "parameters": {"__IMTCONN__": {"label": "ann@acme.example", "data": {"connection": "s"}}},
        "expect": {"channel": {"mode": "chose", "label": "#acme-payroll"}},
    }
    return make.blueprint(
        make.module(1, "gateway:CustomWebHook"),
        make.module(2, mapper={"channel": "{{1.channel}}"},
                    metadata={"designer": {"x": 0, "y": 0}, "restore": restore, "expect": fields}),
        scheduling={"type": "indefinitely", "interval": 900, "restrict": [{"time": ["9:00"]}]},
    )  # fmt: skip


def test_ui_hints_are_kept_without_what_the_account_put_in_them() -> None:
    report = inspected(_hinted(), kept=Kept(frozenset({RemovalKind.MAKE_UI_HINTS})))
    metadata = packaged(report)["flow"][1]["metadata"]
    assert metadata["restore"] == {"expect": {"channel": {"mode": "chose"}}}
    assert metadata["expect"] == [
        {"name": "channel", "type": "select", "label": "Channel", "required": True,
         "validate": {"max": 9}}
    ]  # fmt: skip
    assert {one.where: one.kind for one in report.removed if "metadata" in one.where} == {
        "flow[1].metadata.restore": RemovalKind.DOCUMENT,
        "flow[1].metadata.expect": RemovalKind.DOCUMENT,
    }


def test_one_hint_is_kept_and_the_other_goes() -> None:
    place = (RemovalKind.MAKE_UI_HINTS, "flow[1].metadata.expect")
    report = inspected(_hinted(), kept=Kept(places=frozenset({place})))
    assert set(packaged(report)["flow"][1]["metadata"]) == {"designer", "expect"}


def test_hints_of_which_nothing_could_stay_are_not_offered() -> None:
    label = {"parameters": {"__IMTCONN__": {"label": "ann@acme.example"}}}
    document = make.blueprint(make.module(1, metadata={"restore": label}))
    (only,) = inspected(document).removed
    assert (only.kind, only.is_optional) == (RemovalKind.DOCUMENT, False)


def test_a_schedule_is_kept_as_its_interval() -> None:
    report = inspected(_hinted(), kept=Kept(frozenset({RemovalKind.MAKE_SCHEDULING})))
    assert packaged(report)["scheduling"] == {"type": "indefinitely", "interval": 900}
    assert ("scheduling", '{"type": "indefinitely", "interval": 900}') in removed(report).items()


@pytest.mark.parametrize(
    ("zone", "is_optional"),
    [("eu2.make.com", True), ("acme.make.celonis.com", False), ("eu1.make.com.acme.org", False),
     (7, False)],
)  # fmt: skip
def test_only_a_public_data_centre_is_offered(zone: Any, is_optional: bool) -> None:
    document = make.blueprint(make.module())
    document["metadata"]["zone"] = zone
    assert [one.is_optional for one in inspected(document).removed] == [is_optional]


@pytest.mark.parametrize(
    ("name", "is_optional"),
    [("GPT-4o", True), ("gpt 4o", True), ("Acme payroll", False), ("", False), (None, False)],
)
def test_only_a_label_that_repeats_its_value_is_offered(name: Any, is_optional: bool) -> None:
    choice = {"__rl": True, "mode": "list", "value": "gpt-4o", "cachedResultName": name}
    document = workflow(node(parameters={"model": choice}))
    assert [one.is_optional for one in inspected(document).removed] == [is_optional]


@pytest.mark.parametrize(
    ("value", "is_optional"),
    [("any", True), ("workflowsFromAList", False), ({"any": 1}, False)],
)
def test_only_a_policy_without_a_list_is_offered(value: Any, is_optional: bool) -> None:
    document = workflow(settings={"callerPolicy": value})
    assert [one.is_optional for one in inspected(document).removed] == [is_optional]


def test_switched_on_stays_switched_on() -> None:
    on = Kept(frozenset({RemovalKind.N8N_ACTIVE}))
    assert packaged(inspected(workflow(active=True), kept=on))["active"] is True
    assert packaged(inspected(workflow(active="true"), kept=on))["active"] is False


# -- what is kept is in the package, and is treated so --

_TOKEN = "ghp_" + "q7Rk2Vx9Lm4Tz8Wb3Nc6Yd1Hf5Js0Gp2Aa4E"


def test_what_is_kept_is_searched_for_secrets_and_personal_data() -> None:
    def choice(value: str, name: str) -> Json:
        return {"__rl": True, "mode": "list", "value": value, "cachedResultName": name}

    address = choice("annacmemailcom", "ann@acme-mail.com")
    document = workflow(node(parameters={"a": choice(_TOKEN, _TOKEN), "b": address}))
    name = "nodes[0].parameters.{}.cachedResultName"
    bare, full = inspected(document), inspected(document, kept=_ALL)
    assert name.format("a") not in {secret.where for secret in bare.secrets}
    assert name.format("a") in {secret.where for secret in full.secrets}
    assert not full.publishable
    assert name.format("b") not in {problem.where for problem in bare.problems}
    assert name.format("b") in {problem.where for problem in full.problems}


def test_the_package_follows_and_the_report_says_what_is_kept() -> None:
    bare, full = inspected(_hinted()), inspected(_hinted(), kept=_ALL)
    assert bare.packaged is not None
    assert full.packaged is not None
    assert bare.packaged.sha256 != full.packaged.sha256
    assert full.as_json()["kept"] == [
        {"where": one.where, "reason": one.reason, "kind": one.kind, "optional": True}
        for one in full.kept
    ]
    assert bare.as_json()["kept"] == []


def test_in_an_archive_each_file_has_its_own_places() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("a.json", "b.json"):
            archive.writestr(name, json.dumps(_hinted()))
    place = (RemovalKind.MAKE_SCHEDULING, "b.json: scheduling")
    assert place in _places(inspect_bytes(target.getvalue(), "two.zip"))
    kept = Kept(places=frozenset({place}))
    report = inspect_bytes(target.getvalue(), "two.zip", kept=kept)
    assert [(one.kind, one.where) for one in report.kept] == [place]
    assert report.packaged is not None
    with zipfile.ZipFile(io.BytesIO(report.packaged.data)) as archive:
        assert "scheduling" not in json.loads(archive.read("a.json"))
        assert "scheduling" in json.loads(archive.read("b.json"))


def test_the_only_file_of_an_archive_keeps_its_kinds() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.json", json.dumps(_hinted()))
    report = inspect_bytes(target.getvalue(), "one.zip", kept=_ALL)
    assert RemovalKind.MAKE_SCHEDULING in {one.kind for one in report.kept}


def test_a_kind_that_cannot_be_kept_is_named_with_those_that_can() -> None:
    assert optional_kind("make-ui-hints") is RemovalKind.MAKE_UI_HINTS
    for code in ("identity", "no-such-kind"):
        with pytest.raises(ValueError, match=r"make-ui-hints.*zapier-status"):
            optional_kind(code)
    assert Kept() == NOTHING_KEPT
