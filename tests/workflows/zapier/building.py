"""Zapier exports made up for tests: by hand, and by Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.workflows.building import Json, documents

ACCOUNT = 7730941
USER = 8840152
CONNECTION = 9950263
HASH = "5d" * 32
MAIL = "owner@private.example"
TRACES = (str(ACCOUNT), str(USER), str(CONNECTION), HASH, MAIL)


def step(number: int = 1, api: str = "SlackCLIAPI@1.2.3", **more: Any) -> Json:
    """A step that follows the one before; ``more`` replaces or adds keys."""
    first = number == 1
    made: Json = {
        "id": number,
        "paused": not first,
        "type_of": "read" if first else "write",
        "action": "channel_message",
        "selected_api": api,
        "params": {},
        "meta": {"$editor": {"has_automatic_issues": False}},
        "parent_id": None if first else number - 1,
        "root_id": None if first else 1,
        "title": None,
        "authentication_id": None,
    }
    return made | more


def zap(*steps: Json, **more: Any) -> Json:
    listed = list(steps) or [step()]
    return {"id": 1, "title": "Sample", "nodes": {str(s["id"]): s for s in listed}, **more}


def export(*zaps: Json, **more: Any) -> Json:
    """The file a team exports; without zaps, one of one step."""
    return {"metadata": {"version": 2}, "zaps": list(zaps) or [zap()], **more}


_apis = st.sampled_from(["SlackCLIAPI@1.2.3", "FilterAPI", "CodeCLIAPI@1.0.1", "GoogleMailV2CLIAPI",
                         "App12345CLIAPI@1.0.0", "WebHookCLIAPI@1.1.1", ""])  # fmt: skip
_account_data = st.fixed_dictionaries(
    {},
    optional={
        "account_id": st.just(ACCOUNT),
        "customuser_id": st.just(USER),
        "authentication_id": st.sampled_from([CONNECTION, HASH, str(CONNECTION), None]),
        "created_at": st.just(MAIL),
        "last_changed": st.just(MAIL),
        "triple_stores": st.just({"created_by": USER}),
        "sample": st.just({"mail": MAIL}),
        "x-own": documents,
    },
)
_meta = st.fixed_dictionaries(
    {},
    optional={
        "parammap": st.sampled_from([{"list": MAIL}, {"list": MAIL, "text": "Plain"}]),
        "sample_data": st.just([MAIL]),
        "stepTitle": st.sampled_from(["Same", "Other"]),
        "x-own": documents,
        "$editor": st.fixed_dictionaries(
            {"$zap_guesser": st.just({"zap_guesser_execution_id": str(USER), "kept": 1})},
            optional={"added_step_correlation_id": st.just(HASH), "kept": documents},
        ),
    },
)
_params = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["{{1__name}}", '{{=gives["1"]["a"]}}', "{{77__gone}}", "plain"]),
        "code": st.sampled_from(["return input_data", "output = inputData"]),
        "x-own": documents,
    },
)


@st.composite
def _zaps(draw: st.DrawFn, number: int) -> Json:
    steps = []
    for index in range(1, draw(st.integers(1, 5)) + 1):
        parent = None if index == 1 else draw(st.integers(1, index - 1))
        made = step(index, draw(_apis), parent_id=parent, meta=draw(_meta), params=draw(_params))
        steps.append(made | draw(_account_data))
    instance = {"status": st.sampled_from(["on", "off"]), "owner_id": st.just(USER),
                "url": st.just(f"https://z.example/{ACCOUNT}"), "x-own": documents}  # fmt: skip
    extra = draw(st.fixed_dictionaries({}, optional=instance))
    return zap(*steps, **extra) | {
        "id": draw(st.sampled_from([ACCOUNT, number, str(number), None]))
    }


@st.composite
def exports(draw: st.DrawFn) -> Json:
    """An export of either version with any amount of account data."""
    zaps = [draw(_zaps(number)) for number in range(1, draw(st.integers(1, 3)) + 1)]
    version = draw(st.sampled_from([2, "gdpr_v1"]))
    metadata = {"version": version, "account_id": ACCOUNT, "x-own": draw(documents)}
    return {"metadata": metadata, "zaps": zaps, "x-own": draw(documents)}
