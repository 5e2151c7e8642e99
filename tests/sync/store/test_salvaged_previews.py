"""A damaged store's preview pictures: none is lost with the file, and none goes out twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from koda_desktop.errors import ServerDown
from koda_desktop.sync.pictures import Pictures
from koda_desktop.sync.rows import ListingState, Verb
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.pages import PAGE_SIZE
from tests.pictures import png
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server
from tests.sync.store import damaging

DRAWING, OWN = png(80, 50), png(grey=9)
STOPS = {"upload": "request_upload", "preview": "request_upload", "register": "register"}


def stopped_at(desk: Desk, verb: str) -> str:
    """A publication with a picture whose operation ``verb`` is frozen and has no answer."""
    listing_id = desk.draft(pictures=Pictures(DRAWING, OWN))
    desk.commands.publish([listing_id])

    def stop(name: str) -> None:
        if name == f"{verb}.frozen":
            desk.faults.refuse(STOPS[verb], ServerDown("Down."))

    desk.on_step = stop
    desk.engine.run_round()
    desk.on_step = lambda _: None
    desk.faults.heal()
    assert desk.reads.operations(0)[0].verb == verb
    return listing_id


@pytest.mark.parametrize("verb", STOPS)
@pytest.mark.parametrize("lost", ["", "preview"])
def test_a_publication_goes_on_with_its_picture(
    tmp_path: Path, server: Server, verb: str, lost: str
) -> None:
    desk = Desk(tmp_path / "desk", server)
    listing_id = stopped_at(desk, verb)
    draft = desk.draft(pictures=Pictures(DRAWING))
    if lost:
        # What a destroyed page takes with it; the rest of the lane was elsewhere.
        desk.store.write(lambda tx: tx.run("DELETE FROM transfer"))
        desk.store.write(lambda tx: tx.run("DELETE FROM outbox WHERE verb = 'preview'"))
    desk.close()
    damaging.overwrite(tmp_path / "desk" / "store.sqlite", 0, bytes(PAGE_SIZE))
    desk = Desk(tmp_path / "desk", server)
    assert "damaged" in desk.store.notice
    damaging.check_work(desk)
    desk.staging.sweep(desk.store)
    assert desk.previews.read(draft) == DRAWING
    assert desk.previews.read(listing_id) == OWN
    assert desk.reads.listing(listing_id).has_drawing
    verbs = [row.verb for row in desk.reads.operations(0) if row.listing_id == listing_id]
    if verb != "register":
        assert Verb.PREVIEW in verbs
    assert desk.engine.run_round().problem is None
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    assert server.objects[server.products[listing_id]["previewImageUrl"]] == OWN
    assert set(Counter(server.puts).values()) == {1}
    desk.close()
    assert not check_store(tmp_path / "desk" / "store.sqlite")
