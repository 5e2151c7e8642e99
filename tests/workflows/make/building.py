"""Make blueprints made up for tests: by hand, and by Hypothesis."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import strategies as st

from tests.workflows.building import Json, documents

CONNECTION = 7730941
HOOK = 8840152
KEYCHAIN = 9950263
ZONE = "eu7.make.com"
MAIL = "owner@private.example"
TRACES = (str(CONNECTION), str(HOOK), str(KEYCHAIN), ZONE, MAIL)


def module(number: int = 1, kind: str = "slack:CreateMessage", /, **more: Any) -> Json:
    """A module with everything Make needs; ``more`` replaces or adds keys, None takes one out."""
    made: Json = {
        "id": number,
        "module": kind,
        "version": 1,
        "parameters": {},
        "mapper": {},
        "metadata": {"designer": {"x": 300 * number, "y": 0}},
    }
    made.update(more)
    return {key: value for key, value in made.items() if value is not None}


def blueprint(*modules: Json, **more: Any) -> Json:
    """A blueprint of ``modules``; without modules, one webhook."""
    listed = list(modules) or [module(1, "gateway:CustomWebHook")]
    metadata = {"version": 1, "instant": True, "scenario": {"roundtrips": 1}, "designer": {}}
    return {"name": "Sample", "flow": listed, "metadata": metadata, **more}


_kinds = st.sampled_from(
    ["slack:CreateMessage", "google-sheets:watchRows", "http:ActionSendDataAPIKeyAuth",
     "util:SetVariables", "openai-gpt-3:CreateCompletion", "app#own-x1:Do", "builtin:BasicFeeder"]
)  # fmt: skip
_parameters = st.fixed_dictionaries(
    {},
    optional={
        "__IMTCONN__": st.just(CONNECTION),
        "__IMTKEY__": st.just(str(KEYCHAIN)),
        "makeConnectionId": st.just(CONNECTION),
        "hook": st.just(HOOK),
        "datastore": st.just(HOOK),
        "auth2": st.just(KEYCHAIN),
        "nested": st.fixed_dictionaries({"deep": st.fixed_dictionaries(
            {"__IMTCONN__": st.just(CONNECTION), "kept": documents})}),
        "x-own": documents,
    },
)  # fmt: skip
_mappers = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["{{1.name}}", "plain", "{{99.gone}}", "{{now}}"]),
        "model": st.just("gpt-4o"),
        "__IMTCONN__": st.just(CONNECTION),
        "spreadsheetId": st.just("1AbCdEf234"),
        "x-own": documents,
    },
)  # fmt: skip
_FIELDS = [
    {
        "name": "text",
        "type": "text",
        "label": "Text",
        "required": True,
        "validate": {"enum": [MAIL], "max": 300},
        "options": [{"label": MAIL, "value": HOOK}],
    },
    {"name": "x-own", "type": f"udt:{HOOK}", "label": MAIL, "required": False, "default": MAIL},
    {"name": "name", "spec": [{"name": "text", "type": "number"}, {"name": MAIL}]},
    {"name": "spreadsheetId", "type": "array", "spec": {"type": "collection"}},
]
_metadata = st.fixed_dictionaries(
    {"parameters": st.just([{"name": "auth2", "type": "keychain:apikeyauth"}])},
    optional={
        "designer": st.fixed_dictionaries(
            {"x": st.integers(-900, 900), "y": st.integers(-900, 900)},
            optional={"name": st.sampled_from(["Same", "Other"])},
        ),
        "restore": st.sampled_from(
            [
                {"parameters": {"__IMTCONN__": {"label": MAIL}}},
                {"expect": {"text": {"mode": "chose", "label": MAIL}, "model": {"mode": "edit"}}},
                {
                    "expect": {
                        "text": {"nested": [{"model": {"mode": "map"}}]},
                        MAIL: {"mode": "chose"},
                    }
                },
            ]
        ),
        "expect": st.sampled_from([[{"name": "to", "label": MAIL}], _FIELDS]),
        "interface": st.sampled_from([[{"name": MAIL}], _FIELDS, {"type": "text"}]),
        "advanced": st.just({"label": MAIL}),
        "x-own": documents,
    },
)


@st.composite
def _modules(draw: st.DrawFn, numbers: Any, depth: int) -> Json:
    made = module(next(numbers), draw(_kinds), parameters=draw(_parameters),
                  mapper=draw(_mappers), metadata=draw(_metadata))  # fmt: skip
    if draw(st.booleans()):
        made["x-unknown"] = draw(documents)
    if draw(st.booleans()):
        made["filter"] = {"name": "f", "conditions": [[{"a": "{{1.a}}", "b": "2"}]]}
    if depth < 2 and draw(st.booleans()):
        key = draw(st.sampled_from(["routes", "branches", "onerror", "tools"]))
        flows = [draw(_flows(numbers, depth + 1)) for _ in range(draw(st.integers(1, 2)))]
        made[key] = flows[0] if key == "onerror" else [{"flow": flow} for flow in flows]
    return made


@st.composite
def _flows(draw: st.DrawFn, numbers: Any, depth: int) -> list[Json]:
    return [draw(_modules(numbers, depth)) for _ in range(draw(st.integers(1, 2)))]


@st.composite
def blueprints(draw: st.DrawFn) -> Json:
    """A blueprint with unique ids, nested flows and any amount of account data."""
    numbers = count(1)
    made = blueprint(*draw(_flows(numbers, 0)))
    made["metadata"] |= draw(st.fixed_dictionaries(
        {}, optional={"zone": st.just(ZONE), "x-own": documents,
                      "notes": st.just([{"moduleIds": [1], "content": "<p>Hi &amp; bye</p>"}])}
    ))  # fmt: skip
    orphans = draw(st.lists(_flows(numbers, 1), max_size=1))
    made["metadata"]["designer"] = {"orphans": orphans, "samples": {"1": MAIL}}
    extra = {"scheduling": st.sampled_from([
                 {"type": "indefinitely", "interval": 900}, {"type": "once", "date": MAIL},
                 {"type": "indefinitely", "interval": 900, "restrict": [{"time": [MAIL]}]}]),
             "teamId": st.just(HOOK), "x-unknown": documents}  # fmt: skip
    return made | draw(st.fixed_dictionaries({}, optional=extra))
