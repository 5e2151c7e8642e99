"""What is taken out of Node-RED flows, what stays, and that each change is listed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.building import codes, inspected, packaged, removed
from tests.workflows.node_red.building import flows, node, tab


@pytest.mark.parametrize(
    "value",
    ["C:\\\\Temp\\\\private.key", "/data/certs/private.key", "YOUR_SECRET_HERE", "test_secret"],
)
def test_what_is_no_credential_goes_without_an_alarm(value: str) -> None:
    report = inspected(flows(node("a", "x", privatekey=value)))
    assert packaged(report) == flows(node("a", "x"))
    assert "inline-credential" not in codes(report)


@pytest.mark.parametrize("key", ["password", "token", "accessToken", "api_key", "clientSecret",
                                 "passphrase", "credentials"])  # fmt: skip
def test_credentials_in_a_node_go_unseen(key: str) -> None:
    report = inspected(flows(node("a", "x", **{key: "hunter2"})))
    assert packaged(report) == flows(node("a", "x"))
    [removal] = report.removed
    assert (removal.where, removal.after) == (f"[2].{key}", None)
    assert "hunter2" not in removal.before
    assert ("installation" in removal.reason) is (key == "credentials")
    assert "inline-credential" in codes(report)
    assert not report.publishable


@pytest.mark.parametrize(
    "settings",
    [
        {"password": ""}, {"password": "  "}, {"token": "${BOT_TOKEN}"}, {"token": "{{t}}"},
        {"password": "PASS", "passwordFieldType": "env"}, {"token": "payload", "tokenType": "msg"},
        {"credentials": {}}, {"tokens": "12"}, {"password": 5}, {"password": None},
        {"user": "anna"},
    ],
)  # fmt: skip
def test_where_to_take_a_credential_from_stays(settings: Any) -> None:
    report = inspected(flows(node("a", "x", **settings)))
    assert packaged(report) == flows(node("a", "x", **settings))
    assert "inline-credential" not in codes(report)


def test_a_broker_keeps_its_address_and_loses_its_names() -> None:
    broker = {"id": "b", "type": "mqtt-broker", "broker": "host", "port": 1883, "clientid": "pi",
              "user": "anna", "password": "x"}  # fmt: skip
    report = inspected(flows(node("a", "mqtt out", broker="b"), broker))
    assert packaged(report)[3] == {"id": "b", "type": "mqtt-broker", "broker": "host",
                                   "port": 1883, "clientid": ""}  # fmt: skip
    assert removed(report) == {"[3].clientid": '""', "[3].user": None, "[3].password": None}


def test_files_of_a_tls_configuration_are_those_of_one_computer() -> None:
    given = {"id": "c", "type": "tls-config", "cert": "/home/anna/c.pem", "keyname": "k.pem",
             "ca": "", "verifyservercert": True}  # fmt: skip
    kept = packaged(inspected(flows(node("a", "mqtt in"), given)))[3]
    assert kept == given | {"cert": "", "keyname": ""}


@pytest.mark.parametrize("holder", ["tab", "subflow", "group"])
def test_secret_variables_lose_their_value(holder: str) -> None:
    variables = [{"name": "K", "type": "cred", "value": "x"}, {"name": "L", "value": "y"}, 7]
    report = inspected([*flows(node()), {"id": "h", "type": holder, "env": variables}])
    kept = packaged(report)[-1]["env"]
    assert kept == [{"name": "K", "type": "cred"}, {"name": "L", "value": "y"}, 7]
    assert removed(report) == {"[3].env[0].value": None}


def test_all_else_stays() -> None:
    document = [tab(own=1), node("a", "function", func="return 1;", info="Hi", own={"x": [1.50]}),
                {"id": "g", "type": "global-config", "modules": {"m": "1.2.3"}}]  # fmt: skip
    report = inspected(document)
    assert packaged(report) == document
    assert report.removed == ()
