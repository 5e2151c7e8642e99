"""What is taken out of a zap, what stays, and that each change is listed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.building import inspected, packaged, removed
from tests.workflows.zapier.building import HASH, export, step, zap


@pytest.mark.parametrize(
    "key",
    ["account_id", "customuser_id", "created_at", "last_changed", "triple_stores", "sample",
     "sample_data", "test_result"],
)  # fmt: skip
@pytest.mark.parametrize("value", [17, "x", None, {"a": [1]}])
def test_account_data_of_a_step_goes(key: str, value: Any) -> None:
    report = inspected(export(zap(step(**{key: value}))))
    assert removed(report) == {f'zaps[0].nodes["1"].{key}': None}
    assert packaged(report) == export(zap(step()))


@pytest.mark.parametrize("value", [40127733, HASH, {"id": 4}])
def test_a_connection_becomes_null_as_in_steps_without_one(value: Any) -> None:
    report = inspected(export(zap(step(authentication_id=value))))
    assert removed(report) == {'zaps[0].nodes["1"].authentication_id': "null"}
    assert packaged(report) == export(zap(step()))


def test_a_step_that_names_no_connection_is_not_made_to() -> None:
    made = step()
    del made["authentication_id"]
    assert packaged(inspected(export(zap(made)))) == export(zap(made))


def test_names_chosen_in_the_account_go_and_titles_stay() -> None:
    meta = {"parammap": {"channel": "growth"}, "stepTitle": "Tell the team", "samples": [1],
            "$editor": {"$zap_guesser": {"zap_guesser_execution_id": "0197", "ai": True},
                        "added_step_correlation_id": "51a4", "own": 1}}  # fmt: skip
    report = inspected(export(zap(step(meta=meta))))
    assert packaged(report)["zaps"][0]["nodes"]["1"]["meta"] == {
        "stepTitle": "Tell the team", "$editor": {"$zap_guesser": {"ai": True}, "own": 1},
    }  # fmt: skip
    assert len(report.removed) == 4


@pytest.mark.parametrize(
    ("before", "after"), [(1, 1), (281795060, 1), ("1", 1), (None, 1), (1.0, 1)]
)
def test_zaps_are_counted_from_one(before: Any, after: int) -> None:
    report = inspected(export(zap() | {"id": before}))
    kept = packaged(report)["zaps"][0]["id"]
    assert (kept, type(kept)) == (after, int)
    assert bool(report.removed) is (before != 1 or not isinstance(before, int))


def test_a_zap_is_packaged_switched_off() -> None:
    report = inspected(export(zap(status="on"), zap(status="off") | {"id": 2}))
    assert [made["status"] for made in packaged(report)["zaps"]] == ["off", "off"]
    assert removed(report) == {"zaps[0].status": '"off"'}


def test_fields_and_step_ids_stay_as_they_are() -> None:
    params = {"channel": "C04", "text": '{{=gives["281795060"]["a"]}} {{281795060__b}}'}
    first = step(281795060, type_of="read", parent_id=None, root_id=None)
    second = step(2, params=params, parent_id=281795060, root_id=281795060)
    document = export(zap(first, second))
    assert packaged(inspected(document)) == document


def test_the_file_itself_names_nobody() -> None:
    document = export(account_id=5, email="a@b.example", own=1)
    document["metadata"] |= {"exported_at": "2026", "own": 2}
    kept = packaged(inspected(document))
    assert kept == export(own=1) | {"metadata": {"version": 2, "own": 2}}
    assert list(kept) == ["metadata", "zaps", "own"]
