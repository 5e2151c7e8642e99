"""Each checker is quiet on a store that was worked with, and speaks when its rule is broken."""

from __future__ import annotations

import pytest

from koda_desktop.errors import ServerDown
from koda_desktop.sync.store.check import check_rows
from koda_desktop.sync.store.invariants import CHECKERS, check_invariants
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server


def broken(desk: Desk) -> tuple[str, ...]:
    return desk.store.read(lambda db: check_invariants(db, desk.staging))


def busy(desk: Desk, server: Server) -> str:
    """A store with a draft, a queued publication, a frozen edit with one behind it, a conflict and
    a listing of another writer; answers the id of the listing with the frozen edit."""
    desk.draft()
    conflicting, edited = desk.published(title="Old"), desk.published(title="First")
    server.web_create("a" * 24)
    desk.commands.edit(conflicting, {"title": "Mine"})
    server.web_edit(conflicting, title="Theirs")
    desk.engine.run_round()
    desk.commands.edit(edited, {"title": "Second"})
    desk.faults.refuse("push", ServerDown("Down."))
    desk.engine.run_round()
    desk.commands.edit(edited, {"title": "Third", "price": 3})
    desk.commands.publish([desk.draft(data=b"waits")])
    return edited


def test_a_store_that_was_worked_with_is_sound(desk: Desk, server: Server) -> None:
    busy(desk, server)
    assert broken(desk) == ()
    assert check_rows(desk.store.path, desk.staging) == ()


BREAKS = {
    "rows_have_a_document": "DELETE FROM document",
    "what_is_laid_over_waits": "UPDATE entity SET edited = '{}'",
    "rows_show_what_waits": "UPDATE entity SET edited = NULL",
    "frozen_operations_are_whole": "UPDATE outbox SET payload = '{}' WHERE state = 'sending'",
    "needs_point_backwards": "UPDATE outbox_dep SET needs_op = op_id",
    "lanes_have_their_parts": "UPDATE outbox SET state = 'queued', last_error = NULL"
    " WHERE verb = 'edit'",
    "states_are_derived": "UPDATE entity SET state = 'published' WHERE state = 'draft'",
    "columns_are_projections": "UPDATE entity SET price_minor = price_minor + 1",
    "search_finds_every_listing": "DELETE FROM listing_fts_pending WHERE pk = 1",
    "transfers_match_operations": "UPDATE transfer SET state = 'cancelled', finished_at = 'x'"
    " WHERE state = 'queued'",
    "transfers_are_sound": "UPDATE transfer SET bytes_done = size + 1",
    "cursors_are_sane": "UPDATE cursor SET mode = 'guessing'",
    "no_index_is_missing": "DROP INDEX entity_title",
    "nothing_is_done_and_waiting": "UPDATE op_log SET op_id = (SELECT min(op_id) FROM outbox)"
    " WHERE entry = 1",
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_rule_is_named(desk: Desk, server: Server, name: str) -> None:
    busy(desk, server)
    checker = next(one for one in CHECKERS if one.__name__ == name)
    desk.store.write(lambda tx: tx.run(BREAKS[name]))
    assert desk.store.read(lambda db: list(checker(db, desk.staging)))


PART = (
    "INSERT INTO transfer_part(transfer_id, number, offset, size, crc32, etag, state)"
    " SELECT id, 2, ?, ?, '', '', 'todo' FROM transfer WHERE direction = 'down'"
)


@pytest.mark.parametrize(
    ("offset", "size", "is_sound"),
    [(4, 4, True), (8, 4, False), (4, 5, False), (4, 3, False)],
)
def test_parts_of_a_download_are_each_in_their_place(
    desk: Desk, server: Server, offset: int, size: int, is_sound: bool
) -> None:
    busy(desk, server)
    desk.store.write(
        lambda tx: (
            tx.run(
                "UPDATE transfer SET direction = 'down', op_id = id, target = 'there', size = 10,"
                " part_size = 4 WHERE state = 'queued'"
            ),
            tx.run(PART, (offset, size)),
        )
    )
    checker = next(one for one in CHECKERS if one.__name__ == "transfers_are_sound")
    said = desk.store.read(lambda db: list(checker(db, desk.staging)))
    assert (said == []) is is_sound


def test_a_lost_file_is_named(desk: Desk, server: Server) -> None:
    busy(desk, server)
    [waiting] = [one for one in desk.reads.transfers() if one.finished_at is None]
    desk.staging.path(desk.reads.listing(waiting.listing_id).file_sha256).unlink()
    assert len(broken(desk)) == 1
