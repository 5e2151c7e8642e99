"""What is taken out of an n8n workflow, what stays, and that each change is listed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.workflows.building import INSTANCE, UUID, inspected, node, packaged, removed, workflow

SHEETS = "n8n-nodes-base.googleSheets"


@pytest.mark.parametrize(
    "key",
    [
        "id", "versionId", "activeVersionId", "activeVersion", "sourceWorkflowId", "pinData",
        "staticData", "shared", "homeProject", "owner", "ownedBy", "usedCredentials", "createdAt",
        "updatedAt", "triggerCount", "parentFolderId",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", ["x", None, {}, {"a": ["b"]}])
def test_instance_data_of_the_workflow_goes(key: str, value: Any) -> None:
    report = inspected(workflow(**{key: value}))
    assert removed(report) == {key: None}
    assert key not in packaged(report)


def test_meta_keeps_what_is_not_of_the_instance() -> None:
    meta = {
        "instanceId": INSTANCE,
        "instanceBaseUrl": "https://n8n.example.com",
        "templateCredsSetupCompleted": True,
        "fingerprint": "signed",
        "templateId": "1750",
    }
    report = inspected(workflow(meta=meta))
    assert packaged(report)["meta"] == {"templateId": "1750"}
    assert set(removed(report)) == {
        "meta.instanceId", "meta.instanceBaseUrl", "meta.templateCredsSetupCompleted",
        "meta.fingerprint",
    }  # fmt: skip


def test_settings_keep_how_the_workflow_runs() -> None:
    settings = {"errorWorkflow": "12", "callerPolicy": "any", "callerIds": "3,4",
                "executionOrder": "v1", "timezone": "Europe/Vienna"}  # fmt: skip
    report = inspected(workflow(settings=settings))
    assert packaged(report)["settings"] == {"executionOrder": "v1", "timezone": "Europe/Vienna"}


@pytest.mark.parametrize(
    ("before", "listed"), [(True, {"active": "false"}), (1, {"active": "false"}), (False, {})]
)
def test_a_package_is_switched_off(before: Any, listed: dict[str, str]) -> None:
    report = inspected(workflow(active=before))
    assert packaged(report)["active"] is False
    assert removed(report) == listed


def test_a_workflow_that_does_not_say_active_is_not_made_to() -> None:
    assert "active" not in packaged(inspected(workflow()))


def test_tags_keep_their_names() -> None:
    tags = [{"id": "1", "name": "crm", "createdAt": "x", "updatedAt": "y"}, "plain"]
    report = inspected(workflow(tags=tags))
    assert packaged(report)["tags"] == [{"name": "crm"}, "plain"]
    assert set(removed(report)) == {"tags[0].id", "tags[0].createdAt", "tags[0].updatedAt"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"id": "7", "name": "Gmail of Anna"}, {"name": "Gmail account"}),
        ({"name": "Anna", "id": None}, {"name": "Gmail account"}),
        ({"id": "7", "name": "Gmail account"}, {"name": "Gmail account"}),
        ({"id": "7", "name": "gmail Account"}, {"name": "gmail Account"}),
        ("Gmail of Anna", "Gmail account"),
        ("Gmail account", "Gmail account"),
        ({"id": "7", "name": "x", "managed": True}, {"name": "Gmail account", "managed": True}),
        (None, None),
    ],
)
def test_credentials_keep_their_type_only(before: Any, after: Any) -> None:
    report = inspected(workflow(node(credentials={"gmailOAuth2": before})))
    assert packaged(report)["nodes"][0]["credentials"] == {"gmailOAuth2": after}
    if isinstance(before, dict):
        assert removed(report)["nodes[0].credentials.gmailOAuth2.id"] is None


def test_a_changed_name_is_listed_with_before_and_after() -> None:
    report = inspected(workflow(node(credentials={"openAiApi": {"name": "Anna's key"}})))
    [change] = report.removed
    assert (change.before, change.after) == ('"Anna\'s key"', '"OpenAI account"')
    assert change.where == "nodes[0].credentials.openAiApi.name"


def test_cached_names_go_at_any_depth_and_the_rest_stays() -> None:
    locator = {"__rl": True, "mode": "list", "value": "1AbC", "cachedResultName": "Budget",
               "cachedResultUrl": "https://docs.google.com/x"}  # fmt: skip
    parameters = {"documentId": locator, "rules": [{"deep": [locator]}],
                  "note": "cachedResultUrl",
                  "expression": "={{ $json.cachedResultName }} {{ $('Start').item }}"}  # fmt: skip
    report = inspected(workflow(node(), node("S", SHEETS, parameters=parameters)))
    kept = {"__rl": True, "mode": "list", "value": "1AbC"}
    assert packaged(report)["nodes"][1]["parameters"] == parameters | {
        "documentId": kept, "rules": [{"deep": [kept]}],
    }  # fmt: skip
    assert "nodes[1].parameters.rules[0].deep[0].cachedResultUrl" in removed(report)
    assert len(report.removed) == 4


def test_webhook_ids_go_and_node_ids_stay() -> None:
    report = inspected(workflow(node(id=UUID, webhookId=UUID)))
    assert packaged(report)["nodes"][0]["id"] == UUID
    assert removed(report) == {"nodes[0].webhookId": None}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (UUID, "new-order"),
        (UUID.upper(), "new-order"),
        (UUID.replace("-", ""), "new-order"),
        (f"{UUID}h", "new-order"),
        (f"{UUID}-orders", "new-order-orders"),
        (f"shop/{UUID}/:id", "shop/new-order/:id"),
        ("new-order-2", "new-order-2"),
        (":id", ":id"),
        ("", ""),
    ],
)
def test_webhook_paths_become_readable(path: str, expected: str) -> None:
    report = inspected(workflow(node("New order!", parameters={"path": path, "method": "POST"})))
    kept = packaged(report)["nodes"][0]["parameters"]
    assert kept == {"path": expected, "method": "POST"}
    assert ("nodes[0].parameters.path" in removed(report)) is (path != expected)


def test_a_word_never_forms_a_new_uuid_with_what_stood_around_it() -> None:
    report = inspected(workflow(node("Deadbeef", parameters={"path": "a" * 28 + UUID})))
    assert packaged(report)["nodes"][0]["parameters"]["path"] == "deadbeef"


def test_paths_in_options_are_found() -> None:
    form = node("Sign up", "n8n-nodes-base.formTrigger", parameters={"options": {"path": UUID}})
    wait = node("Wait", "n8n-nodes-base.wait", parameters={"options": {"webhookSuffix": UUID}})
    kept = packaged(inspected(workflow(form, wait)))["nodes"]
    assert kept[0]["parameters"]["options"] == {"path": "sign-up"}
    assert kept[1]["parameters"]["options"] == {"webhookSuffix": "wait"}


def test_two_webhooks_never_share_a_path() -> None:
    first = node("Hook", parameters={"path": UUID})
    second = node("hook!", parameters={"path": UUID[:-1] + "0"})
    third = node("HOOK", parameters={"path": "hook"})
    kept = packaged(inspected(workflow(first, second, third)))["nodes"]
    assert [made["parameters"]["path"] for made in kept] == ["hook-2", "hook-3", "hook"]


@pytest.mark.parametrize("name", ["外送", UUID, "!!!"])
def test_names_that_make_no_word_fall_back_to_the_type(name: str) -> None:
    report = inspected(workflow(node(name, parameters={"path": UUID})))
    assert packaged(report)["nodes"][0]["parameters"]["path"] == "webhook"


@pytest.mark.parametrize("kind", ["n8n-nodes-base.dropbox", "n8n-nodes-base.localFileTrigger"])
def test_paths_that_are_no_webhook_stay(kind: str) -> None:
    report = inspected(workflow(node("F", kind, parameters={"path": f"/files/{UUID}"})))
    assert packaged(report)["nodes"][0]["parameters"]["path"] == f"/files/{UUID}"


def test_the_instance_id_goes_from_texts_too() -> None:
    note = node("N", "n8n-nodes-base.stickyNote",
                parameters={"content": f"[get it](https://x.example/?i={INSTANCE})"})  # fmt: skip
    report = inspected(workflow(node(), note, meta={"instanceId": INSTANCE}))
    assert report.packaged is not None
    assert INSTANCE.encode() not in report.packaged.data
    assert removed(report)["nodes[1].parameters.content"] is not None


def test_numbers_and_order_of_keys_are_as_they_came() -> None:
    report = inspected(workflow(node(typeVersion=4.0, zulu=1, alpha=10**30), zulu=1.50, alpha=2))
    assert report.packaged is not None
    text = report.packaged.data.decode()
    assert '"typeVersion": 4.0,' in text
    assert f'"alpha": {10**30}' in text
    assert list(packaged(report)) == ["name", "nodes", "connections", "zulu", "alpha"]


def test_removals_are_cut_to_a_readable_length() -> None:
    report = inspected(workflow(pinData={"Start": [{"json": {"mail": "x" * 5000}}]}))
    [removal] = report.removed
    assert len(removal.before) < 250
    assert removal.before.startswith('{"Start": [{"json": {"mail": "xxx')


@pytest.mark.parametrize("mark", ["", "="])
def test_a_workflow_written_into_a_parameter_is_cleaned_like_the_file(mark: str) -> None:
    pinned = {"Start": [{"json": {"email": "ada@private.example"}}]}
    inner = workflow(node(webhookId=UUID), meta={"instanceId": INSTANCE}, pinData=pinned, id="7Qx")
    call = node(
        "Call", "n8n-nodes-base.executeWorkflow",
        parameters={"source": "parameter", "workflowJson": mark + json.dumps(inner)},
    )  # fmt: skip
    report = inspected(workflow(node(), call))
    place = "nodes[1].parameters.workflowJson"
    assert removed(report) == {
        f"{place}.meta.instanceId": None, f"{place}.pinData": None, f"{place}.id": None,
        f"{place}.nodes[0].webhookId": None,
    }  # fmt: skip
    left = packaged(report)["nodes"][1]["parameters"]["workflowJson"]
    assert left.startswith(mark + "{")
    assert json.loads(left.removeprefix("=")) == workflow(node(), meta={})
    assert removed(inspected(packaged(report))) == {}


@pytest.mark.parametrize(
    "text", ["", "{{ $json.flow }}", '{"nodes": 5}', '{"nodes": [', "[" * 5000]
)
def test_a_parameter_that_holds_no_workflow_stays(text: str) -> None:
    call = node("Call", "n8n-nodes-base.executeWorkflow", parameters={"workflowJson": text})
    report = inspected(workflow(call))
    assert packaged(report)["nodes"][0]["parameters"] == {"workflowJson": text}


def test_a_clean_workflow_in_a_parameter_stays_letter_for_letter() -> None:
    text = json.dumps(workflow(node()))
    call = node("Call", "n8n-nodes-base.executeWorkflow", parameters={"workflowJson": text})
    assert packaged(inspected(workflow(call)))["nodes"][0]["parameters"]["workflowJson"] == text
