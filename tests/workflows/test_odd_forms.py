"""Files that exist beside the plain export of each platform, and what is said of them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from koda_desktop.workflows.drawing.scene import build_scene
from koda_desktop.workflows.inspect import inspect_bytes
from tests.workflows.building import codes, node, workflow
from tests.workflows.test_recognising import MAKE, NODE_RED

FLOW = workflow(node("In", "n8n-nodes-base.webhook"), node("Set", "n8n-nodes-base.set"))
TEMPLATE = {"id": 7, "name": "Shown", "workflow": FLOW}
STEP = {"id": 1, "selected_api": "SlackCLIAPI@1.0.0", "type_of": "write", "action": "message"}
TRIGGER = {"id": 2, "selected_api": "GmailV2CLIAPI@2.0", "type_of": "read", "action": "new_mail"}
ZAP = {"id": 9, "title": "Mail to Slack", "nodes": {"2": TRIGGER, "1": STEP | {"parent_id": 2}}}
ZAPIER = {"metadata": {"version": "gdpr_v1"}, "zaps": [ZAP]}
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "source": ["import requests\\n"], "outputs": [{"text": "1"}]},
        {"cell_type": "markdown", "source": "# Title"},
    ],
    "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


def text(document: Any) -> str:
    return json.dumps(document)


def packed(files: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


READ: dict[str, tuple[bytes | str, str, int]] = {
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + text(FLOW).encode(), "n8n", 2),
    "UTF-16": (text(FLOW).encode("utf-16"), "n8n", 2),
    "UTF-16 without a mark": (text(FLOW).encode("utf-16-le"), "n8n", 2),
    "UTF-32": (text(FLOW).encode("utf-32"), "n8n", 2),
    "CR LF": (json.dumps(FLOW, indent=2).replace("\n", "\r\n"), "n8n", 2),
    "API list": (text({"data": [FLOW, FLOW | {"name": "B"}], "nextCursor": "x"}), "n8n", 4),
    "API answer": (text({"data": FLOW}), "n8n", 2),
    "template": (text(TEMPLATE), "n8n", 2),
    "template API": (text({"workflow": TEMPLATE}), "n8n", 2),
    "fragment": (text({"nodes": FLOW["nodes"], "connections": {}, "pinData": {}}), "n8n", 2),
    "connections as a list": (text(FLOW | {"connections": []}), "n8n", 2),
    "version as a text": (text(workflow(node("In", typeVersion="1.1"))), "n8n", 1),
    "place as texts": (text(workflow(node("In", position=["1", "2"]))), "n8n", 1),
    "half a surrogate": (text(workflow(node("\ud800"))), "n8n", 1),
    "NUL and direction marks": (text(FLOW | {"name": "a\x00\u202eb"}), "n8n", 2),
    "numbers beyond all bounds": (text(FLOW).replace("[0, 0]", f"[1e999, {'9' * 5000}]"), "n8n", 2),
    "gzip": (gzip.compress(text(FLOW).encode()), "n8n", 2),
    "backup folder": (packed({f"b/{i}.json": text(FLOW) for i in range(5)}), "n8n", 10),
    "Make answer": (text({"code": "OK", "response": {"blueprint": MAKE}}), "Make", 5),
    "Make scenario": (text({"scenario": {"id": 1, "blueprint": MAKE}}), "Make", 5),
    "Make subflows": (text(MAKE | {"subflows": [{"id": 4, "flow": MAKE["flow"]}]}), "Make", 5),
    "Zapier account": (
        packed({"Zapfile.json": text(ZAPIER), "zap_data.json": "{}", "urls.csv": "a,b\n"}),
        "Zapier", 2,
    ),
    "Node-RED subflow": (
        text([*NODE_RED, {"id": "s", "type": "subflow", "name": "S"},
              {"id": "f", "type": "function", "z": "s", "x": 1, "y": 1, "wires": [[]],
               "func": "return msg;", "libs": [{"var": "fs", "module": "fs-extra"}]},
              {"id": "i", "type": "subflow:s", "z": "t1", "x": 3, "y": 3, "wires": []}]),
        "Other", 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("family", sorted(READ))
def test_what_every_family_holds_is_read(family: str) -> None:
    given, platform, count = READ[family]
    data = given if isinstance(given, bytes) else given.encode("utf-8", "surrogatepass")
    report = inspect_bytes(data, "misleading.py")
    assert (report.platform, report.node_count) == (platform, count)
    assert len(report.graph.nodes) == count
    assert report.packaged is not None


HIDDEN: dict[str, tuple[Any, str]] = {
    "nodes by name": (FLOW | {"nodes": {n["name"]: n for n in FLOW["nodes"]}}, "n8n"),
    "row of a database": ([{"id": 1, "nodes": text(FLOW["nodes"]), "connections": "{}"}], "n8n"),
    "collection of templates": ({"workflows": [TEMPLATE, TEMPLATE]}, "n8n"),
    "blueprint as a text": ({"blueprint": text(MAKE)}, "Make"),
    "list of blueprints": ([MAKE, MAKE], "Make"),
    "scenarios": ({"scenarios": [{"name": "x", "blueprint": MAKE}]}, "Make"),
    "one zap": (ZAP, "Zapier"),
    "list of zaps": ([ZAP, ZAP], "Zapier"),
    "steps of a zap": ({"zaps": [{"id": 1, "title": "Z", "steps": [STEP, STEP]}]}, "Zapier"),
    "nodes of a zap as a list": ({"zaps": [{"id": 1, "nodes": [STEP, STEP]}]}, "Zapier"),
    "transfer": ({"objects": [{"zap": ZAP}]}, "Zapier"),
    "one flow of Node-RED": ({"id": "t1", "label": "T", "nodes": NODE_RED[1:]}, "Other"),
}


@pytest.mark.parametrize("family", sorted(HIDDEN))
def test_steps_in_a_form_nobody_exports_are_not_sold_uncleaned(family: str) -> None:
    document, platform = HIDDEN[family]
    report = inspect_bytes(text(document).encode(), "x.json")
    assert (report.platform, report.sub_kind) == (platform, "unknown-form")
    assert codes(report) == ["unknown-wrapping"]
    assert report.packaged is None
    assert not report.publishable


def test_a_list_of_node_types_is_no_workflow() -> None:
    catalogue = {"kinds": [{"type": "n8n-nodes-base.slack", "title": "Slack"}]}
    assert inspect_bytes(text(catalogue).encode(), "x.json").platform == "Other"


def test_a_notebook_is_told_to_be_one() -> None:
    report = inspect_bytes(text(NOTEBOOK).encode(), "x.json")
    assert (report.platform, report.sub_kind) == ("Other", "notebook")
    assert codes(report) == ["notebook"]
    assert "1 of its cells" in report.problems[0].message
    assert report.publishable


ODD: tuple[Any, ...] = (
    None, True, 0, -1.5, 10**400, "", "1", "\x00", "\u202e", [], {}, [[]], [None], {"": None},
    ["x", {"id": "x"}], {"type": 1, "id": []},
)  # fmt: skip
KNOWN = {"n8n": FLOW, "Make": MAKE, "Zapier": ZAPIER, "Node-RED": NODE_RED}


def _spots(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values below ``tree``."""
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    found = []
    for key in keys:
        found.append((*path, key))
        if isinstance(tree[key], (dict, list)):
            found += _spots(tree[key], (*path, key))
    return found


def _with(tree: Any, path: tuple[Any, ...], change: Any) -> Any:
    copy = json.loads(json.dumps(tree))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return copy


def _put(value: Any) -> Any:
    return lambda inner, key: inner.__setitem__(key, value)


def _wrecks(tree: Any) -> list[Any]:
    """``tree`` with each value left out, and with each put as every odd value."""
    spots = _spots(tree)
    left_out = [_with(tree, path, lambda inner, key: inner.pop(key)) for path in spots]
    return left_out + [_with(tree, path, _put(value)) for path in spots for value in ODD]


@pytest.mark.parametrize("platform", sorted(KNOWN))
def test_any_known_key_may_be_missing_or_hold_anything(platform: str) -> None:
    for wreck in _wrecks(KNOWN[platform]):
        report = inspect_bytes(text(wreck).encode(), "x.json")
        assert report.sub_kind
        build_scene(report.graph, report.name)


@hypothesis.given(
    st.sampled_from(sorted(KNOWN)), st.text(max_size=30), st.sampled_from(["name", "label", "id"])
)
def test_any_name_is_drawn_and_told(platform: str, name: str, key: str) -> None:
    spots = [path for path in _spots(KNOWN[platform]) if path[-1] == key]
    tree = KNOWN[platform]
    for path in spots:
        tree = _with(tree, path, _put(name))
    report = inspect_bytes(text(tree).encode("utf-8", "surrogatepass"), "x.json")
    scene = build_scene(report.graph, report.name)
    assert all(line.text.isprintable() for box in scene.boxes for line in box.label.lines)
