"""Node-RED flows made up for tests: by hand, and by Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.workflows.building import Json, documents

SECRET = "own-s3cret-value"
CLIENT = "kitchen-pi-7"


def node(given: str = "a", kind: str = "debug", /, *wires: str, **more: Any) -> Json:
    """A node of the tab ``t`` wired to ``wires``; ``more`` replaces or adds keys."""
    made: Json = {"id": given, "type": kind, "z": "t", "name": "", "x": 100, "y": 100}
    return made | {"wires": [list(wires)] if wires else []} | more


def tab(given: str = "t", /, **more: Any) -> Json:
    return {"id": given, "type": "tab", "label": "Sample", "disabled": False, "info": ""} | more


def flows(*nodes: Json) -> list[Json]:
    """A tab with ``nodes`` behind an inject node ``i``."""
    return [tab(), node("i", "inject", "a"), *nodes]


_kinds = st.sampled_from(["inject", "debug", "function", "mqtt in", "http request", "link out",
                          "link in", "junction", "comment", "telegram sender",
                          "catch"])  # fmt: skip
_settings = st.fixed_dictionaries(
    {},
    optional={
        "credentials": st.just({"user": SECRET}),
        "password": st.just(SECRET),
        "token": st.just(SECRET),
        "apiKey": st.just(SECRET),
        "env": st.lists(st.sampled_from(
            [{"name": "K", "type": "cred", "value": SECRET}, {"name": "L", "type": "str",
             "value": "kept"}, 5]), max_size=2),
        "d": st.booleans(),
        "x-own": documents,
        "func": st.just("return msg;"),
        "broker": st.just("b1"),
    },
)  # fmt: skip


@st.composite
def flow_files(draw: st.DrawFn) -> list[Json]:
    """Tabs of wired nodes with unique ids and any number of credentials among them."""
    tabs = [tab(f"t{n}") for n in range(draw(st.integers(1, 2)))]
    ids = [f"n{n}" for n in range(draw(st.integers(1, 6)))]
    targets = st.lists(st.sampled_from([*ids, "gone"]), max_size=2)
    made: list[Json] = [*tabs]
    for name in ids:
        kind = draw(_kinds)
        one = node(name, kind, z=draw(st.sampled_from(tabs))["id"], y=draw(st.integers(0, 900)),
                   wires=draw(st.lists(targets, max_size=2)))  # fmt: skip
        one["name"] = draw(st.sampled_from(["", "Same"]))
        if kind.startswith("link"):
            one["links"] = draw(targets)
        made.append(one | draw(_settings))
    broker = {"id": "b1", "type": "mqtt-broker", "broker": "host", "clientid": CLIENT,
              "user": SECRET, "x-own": draw(documents)}  # fmt: skip
    return [*made, *([broker] if draw(st.booleans()) else [])]
