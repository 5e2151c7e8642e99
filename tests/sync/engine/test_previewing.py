"""The preview picture on its way: sent once, registered, read back, and never in anyone's way."""

from __future__ import annotations

import pytest

from koda_desktop.errors import LocalFault
from koda_desktop.sync.pictures import Pictures
from koda_desktop.sync.rows import ListingState, OperationState, TransferState, Verb
from koda_desktop.sync.store.check import check_store
from tests.pictures import png
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

PICTURE = png(80, 50)


def queued(desk: Desk) -> str:
    listing_id = desk.draft(data=b"the file", pictures=Pictures(PICTURE))
    desk.commands.publish([listing_id])
    return listing_id


def published_once(desk: Desk, server: Server, listing_id: str) -> None:
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    document = server.products[listing_id]
    assert server.objects[document["fileUrl"]] == b"the file"
    assert server.objects[document["previewImageUrl"]] == PICTURE
    assert server.bucket.media_types[document["previewImageUrl"]] == "image/png"
    assert server.puts == [document["fileUrl"], document["previewImageUrl"]]
    assert desk.reads.listing(listing_id).document == document
    assert {row.state for row in desk.reads.transfers()} == {TransferState.DONE}
    assert not check_store(desk.folder / "store.sqlite")


def test_the_picture_is_sent_registered_and_read_back(desk: Desk, server: Server) -> None:
    listing_id = queued(desk)
    assert desk.engine.run_round().published == (listing_id,)
    published_once(desk, server, listing_id)


@pytest.mark.parametrize("call", ["request_upload", "put", "register", "read_back", "digest"])
@pytest.mark.parametrize("is_lost", [True, False], ids=["reply lost", "never arrived"])
@pytest.mark.parametrize("skipped", [0, 1])
def test_whatever_fails_once_it_is_published_once(
    desk: Desk, server: Server, call: str, is_lost: bool, skipped: int
) -> None:
    listing_id = queued(desk)
    seen: list[str] = []

    def fail_later(name: str) -> None:
        seen.append(name)
        if seen.count("upload.done") == skipped and not desk.faults.once and name in _BEGINS:
            desk.faults.lose_reply(call) if is_lost else desk.faults.refuse(
                call, LocalFault("Once."), once=True
            )

    desk.on_step = fail_later
    desk.engine.run_round()
    desk.on_step = lambda _: None
    desk.faults.heal()
    for _ in range(2):
        desk.commands.retry(listing_id)
        desk.clock.seconds += 600
        desk.engine.run_round()
    published_once(desk, server, listing_id)


_BEGINS = ("upload.frozen", "preview.frozen")


def test_a_picture_that_is_gone_parks_and_is_sent_when_it_is_back(
    desk: Desk, server: Server
) -> None:
    listing_id = queued(desk)
    line = desk.reads.listing(listing_id).preview
    assert line is not None
    desk.staging.path(line.sha256).unlink()
    desk.engine.run_round()
    head = desk.reads.operations(0)[0]
    assert (head.verb, head.state) == (Verb.PREVIEW, OperationState.PARKED)
    assert desk.row(listing_id).state is ListingState.REFUSED
    assert not server.inserts
    desk.staging.stage(PICTURE, line.sha256)
    desk.commands.retry(listing_id)
    desk.engine.run_round()
    published_once(desk, server, listing_id)


def test_a_picture_that_vanished_is_refused_and_sent_again_on_retry(
    desk: Desk, server: Server
) -> None:
    listing_id = queued(desk)

    def lose(name: str) -> None:
        if name == "preview.done":
            del server.objects[server.puts[-1]]

    desk.on_step = lose
    desk.engine.run_round()
    desk.on_step = lambda _: None
    assert "preview picture is not in the marketplace’s storage" in desk.row(listing_id).message
    desk.commands.retry(listing_id)
    desk.engine.run_round()
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    assert server.objects[server.products[listing_id]["previewImageUrl"]] == PICTURE


@pytest.mark.parametrize("is_gone", [True, False])
def test_the_read_back_looks_at_the_picture(desk: Desk, server: Server, is_gone: bool) -> None:
    listing_id = queued(desk)

    def spoil(name: str) -> None:
        if name == "register.done":
            key = server.products[listing_id]["previewImageUrl"]
            if is_gone:
                del server.objects[key]
            else:
                server.objects[key] = png(grey=1)

    desk.on_step = spoil
    report = desk.engine.run_round()
    assert "preview picture" in str(report.parked[0].error)


def test_a_picture_changed_on_the_web_before_the_read_back_is_no_difference(
    desk: Desk, server: Server
) -> None:
    listing_id = queued(desk)
    desk.on_step = lambda name: (
        server.web_edit(listing_id, previewImageUrl="https://web")
        if name == "register.done"
        else None
    )
    assert desk.engine.run_round().is_clean
    assert desk.reads.listing(listing_id).document["previewImageUrl"] == "https://web"


def test_an_address_written_while_it_waits_goes_before_the_picture(
    desk: Desk, server: Server
) -> None:
    listing_id = queued(desk)
    desk.commands.edit(listing_id, {"previewImageUrl": "https://mine"})
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["previewImageUrl"] == "https://mine"


def test_an_edit_after_it_was_published_leaves_the_picture(desk: Desk, server: Server) -> None:
    listing_id = queued(desk)
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "New"})
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == "New"
    assert server.objects[server.products[listing_id]["previewImageUrl"]] == PICTURE
