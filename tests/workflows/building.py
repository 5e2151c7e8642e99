"""n8n workflows made up for tests: by hand, and by Hypothesis."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection
from koda_desktop.workflows.kept import NOTHING_KEPT, Kept

Json = dict[str, Any]
UUID = "0b6f9e52-7c1d-4a5e-9f30-2d8c4b7a1e65"
INSTANCE = "9c4e" * 16


def node(name: str = "Start", kind: str = "n8n-nodes-base.webhook", **more: Any) -> Json:
    """A node with everything n8n needs; ``more`` replaces or adds keys, None takes one out."""
    made: Json = {
        "id": f"id of {name}",
        "name": name,
        "type": kind,
        "typeVersion": 1,
        "position": [0, 0],
        "parameters": {},
    }
    made.update(more)
    return {key: value for key, value in made.items() if value is not None}


def edges(*pairs: tuple[str, str]) -> Json:
    """Connections from the first output of each source to the first input of its target."""
    made: Json = {}
    for source, target in pairs:
        ports = made.setdefault(source, {"main": [[]]})["main"]
        ports[0].append({"node": target, "type": "main", "index": 0})
    return made


def workflow(*nodes: Json, connections: Json | None = None, **more: Any) -> Json:
    """A workflow of ``nodes`` with a name; without nodes, one webhook."""
    listed = list(nodes) or [node()]
    return {"name": "Sample", "nodes": listed, "connections": connections or {}, **more}


def inspected(
    document: Any, file_name: str = "sample.json", *, kept: Kept = NOTHING_KEPT
) -> Inspection:
    return inspect_bytes(json.dumps(document).encode(), file_name, kept=kept)


def packaged(inspection: Inspection) -> Any:
    assert inspection.packaged is not None
    return json.loads(inspection.packaged.data)


def codes(inspection: Inspection) -> list[str]:
    return [problem.code for problem in inspection.problems]


def removed(inspection: Inspection) -> dict[str, str | None]:
    return {removal.where: removal.after for removal in inspection.removed}


def strings(value: Any) -> Iterable[str]:
    """Every string of a document, keys too."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)
_unknown = st.dictionaries(st.text(max_size=8).map("x-{}".format), documents, max_size=2)
_names = st.text(min_size=1, max_size=12) | st.sampled_from(["Start", "Set", "HTTP Request", UUID])
_types = st.sampled_from(
    [
        "n8n-nodes-base.webhook", "n8n-nodes-base.set", "n8n-nodes-base.stickyNote",
        "n8n-nodes-base.googleSheets", "@n8n/n8n-nodes-langchain.agent", "n8n-nodes-mcp.mcpTool",
        "@n8n/n8n-nodes-langchain.lmChatOpenAi", "n8n-nodes-base.formTrigger",
    ]
)  # fmt: skip
_locators = st.fixed_dictionaries(
    {"__rl": st.just(True), "mode": st.just("list"), "value": st.text(max_size=8)},
    optional={"cachedResultName": st.text(max_size=8), "cachedResultUrl": st.text(max_size=8)},
)
_choices = st.just({"value": "gpt-4o", "cachedResultName": "GPT 4o", "cachedResultUrl": "/gpt"})
_paths = st.sampled_from(
    [UUID, f"{UUID}-extra", f"a/{UUID}/:id", "readable", UUID.replace("-", "")]
)
_parameters = st.fixed_dictionaries(
    {},
    optional={
        "path": _paths,
        "options": st.fixed_dictionaries({}, optional={"path": _paths}),
        "content": st.text(max_size=40),
        "documentId": _locators,
        "model": _choices,
        "nested": st.lists(st.fixed_dictionaries({"deep": _locators}), max_size=2),
        "url": st.just(f"https://example.com/?instanceId={INSTANCE}"),
        "anything": documents,
    },
)
_credentials = st.dictionaries(
    st.sampled_from(["gmailOAuth2", "httpHeaderAuth", "openAiApi"]) | st.text(max_size=8),
    st.fixed_dictionaries({"id": st.text(max_size=8), "name": st.text(max_size=12)})
    | st.text(max_size=8)
    | st.fixed_dictionaries({"user": st.text(max_size=5), "password": st.text(max_size=5)}),
    max_size=2,
)


@st.composite
def _nodes(draw: st.DrawFn, name: str) -> Json:
    made = node(name, draw(_types), position=draw(st.lists(st.integers(), min_size=2, max_size=2)))
    made["parameters"] = draw(_parameters)
    if draw(st.booleans()):
        made["credentials"] = draw(_credentials)
    if draw(st.booleans()):
        made["webhookId"] = UUID
    return made | draw(_unknown)


@st.composite
def workflows(draw: st.DrawFn) -> Json:
    """An n8n workflow with unique names, sound connections and any amount of instance data."""
    names = draw(st.lists(_names, min_size=1, max_size=6, unique=True))
    listed = [draw(_nodes(name)) for name in names]
    connections: Json = {}
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["main", "ai_tool"]))
        ports = connections.setdefault(draw(st.sampled_from(names)), {}).setdefault(kind, [])
        target = {"node": draw(st.sampled_from(names)), "type": kind, "index": 0}
        ports.append(draw(st.sampled_from([[target], None, [], [target, target]])))
    instance_data = {
        "id": st.text(max_size=8),
        "versionId": st.just(UUID),
        "active": st.booleans(),
        "meta": st.fixed_dictionaries(
            {"instanceId": st.just(INSTANCE)},
            optional={"templateCredsSetupCompleted": st.booleans() | st.text(max_size=4)},
        ),
        "pinData": st.dictionaries(st.text(max_size=5), documents, max_size=2),
        "staticData": documents,
        "settings": st.fixed_dictionaries(
            {},
            optional={
                "errorWorkflow": st.just("7"),
                "callerPolicy": st.sampled_from(["any", "workflowsFromAList"]) | documents,
            },
        ),
        "tags": st.lists(st.fixed_dictionaries({"id": st.just("1"), "name": st.text(max_size=5)})),
        "shared": documents,
        "description": st.text(max_size=30),
    }
    extra = draw(st.fixed_dictionaries({}, optional=instance_data))
    return {"name": "Sample", "nodes": listed, "connections": connections} | extra | draw(_unknown)
