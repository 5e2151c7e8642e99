"""Whose a file may be, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from koda_desktop.sync.revision_matching import MOST, Match, Signs, Why, matches
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import Inspection
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server
from tests.workspace.test_rescan import workflow


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, Server())
    yield made
    made.close()


def looked_at(name: str, data: bytes = b"") -> Inspection:
    return inspect_bytes(data or workflow(name), f"{name}.json")


def signs(file: Inspection, asked: str = "") -> Signs:
    assert file.packaged is not None
    sums = file.sha256, file.packaged.sha256
    return Signs(*sums, file.fingerprint, file.packaged.name, file.proposal.title, asked)


def found(desk: Desk, *files: Signs) -> list[list[tuple[str, Why]]]:
    answers = desk.parts.store.read(lambda db: matches(db, files))
    return [[(one.title, one.why) for one in each] for each in answers]


def test_the_surest_sign_goes_before_the_others(desk: Desk) -> None:
    first = looked_at("Leads", workflow("Leads"))
    other = looked_at("Other", workflow("Other", starts=False))
    desk.commands.draft(first, {"title": "By steps", "price": 1})
    desk.commands.draft(other, {"title": "Leads", "price": 1})
    moved = looked_at("Leads", workflow("Leads").replace(b"[200, 0]", b"[240, 0]"))
    assert moved.sha256 != first.sha256
    assert moved.fingerprint == first.fingerprint
    [mine] = found(desk, signs(moved))
    assert mine == [("By steps", Why.SAME_STEPS), ("Leads", Why.SAME_NAME)]
    [same] = found(desk, signs(first))
    assert same[0] == ("By steps", Why.SAME_FILE)


def test_one_look_answers_for_many_files_and_nobodys_is_nobodys(desk: Desk) -> None:
    first = looked_at("Leads")
    desk.commands.draft(first, {"title": "Leads", "price": 1})
    nobodys = signs(looked_at("Nobody", workflow("Nobody", starts=False)))
    # Names apart, nothing is known of a file whose sums and steps are not.
    bare = Signs("", "", "", "", "")
    answers = found(desk, nobodys, signs(first), bare)
    assert answers == [[], [("Leads", Why.SAME_FILE)], []]


def test_what_a_person_asked_for_is_first_whatever_it_holds(desk: Desk) -> None:
    first, other = looked_at("Leads"), looked_at("Other", workflow("Other", starts=False))
    desk.commands.draft(first, {"title": "Leads", "price": 1})
    asked = desk.commands.draft(other, {"title": "Other", "price": 1})
    desk.commands.edit(asked, {"deletedAt": "2026-01-01T00:00:00.000Z"})
    assert found(desk, signs(first, asked)) == [
        [("Other", Why.ASKED), ("Leads", Why.SAME_FILE)],
    ]
    # What is archived is not offered by itself.
    assert found(desk, signs(other)) == [[]]


def test_a_published_listing_says_so_and_few_are_named(desk: Desk) -> None:
    listing_id = desk.published(title="Out", version="1.2.0")
    wanted = replace_title(signs(looked_at("Out")), "Out")
    [[match]] = desk.parts.store.read(lambda db: matches(db, [wanted]))
    assert match == Match(listing_id, "Out", "1.2.0", True, Why.SAME_NAME)
    for _ in range(MOST + 2):
        desk.draft("Many")
    assert len(found(desk, replace_title(wanted, "Many"))[0]) == MOST


def replace_title(one: Signs, title: str) -> Signs:
    return one._replace(title=title, file_name="")
