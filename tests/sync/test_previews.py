"""The preview of a draft: taken of the workflow, chosen, taken back, and never swept away."""

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.errors import GatesUnmet, InputError, LocalFault, Refused
from koda_desktop.models.picture import PICTURE_MAX
from koda_desktop.sync import publication
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import RowChange, SetKind
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.pictures import Pictures, PreviewChoice, PreviewLine, picture_at
from koda_desktop.sync.previews import PreviewCommands
from koda_desktop.sync.rows import ListingQuery, TransferState, Verb
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.invariants import check_invariants
from tests.pictures import png
from tests.sync.desk import Desk, inspection
from tests.sync.fake_marketplace import Server

DRAWING, OWN = png(80, 50), png(grey=9)


def shown(desk: Desk, listing_id: str) -> PreviewLine | None:
    return desk.reads.listing(listing_id).preview


def test_the_workflows_picture_is_the_preview_unless_another_is_chosen(desk: Desk) -> None:
    plain = desk.draft(pictures=Pictures(DRAWING))
    line = shown(desk, plain)
    assert line is not None
    assert (line.media_type, line.size, line.is_drawing) == ("image/png", len(DRAWING), True)
    assert desk.previews.read(plain) == DRAWING
    chosen = desk.draft(pictures=Pictures(DRAWING, OWN))
    assert desk.previews.read(chosen) == OWN
    none = desk.draft(pictures=Pictures(DRAWING, PreviewChoice.NONE))
    assert (shown(desk, none), desk.previews.read(none)) == (None, None)
    assert desk.reads.listing(none).has_drawing
    without = desk.draft()
    assert shown(desk, without) is None
    assert not desk.reads.listing(without).has_drawing


def test_a_draft_can_take_another_picture_none_and_the_workflows_again(desk: Desk) -> None:
    listing_id = desk.draft(pictures=Pictures(DRAWING))
    desk.previews.choose(listing_id, OWN)
    assert desk.previews.read(listing_id) == OWN
    line = shown(desk, listing_id)
    assert line is not None
    assert not line.is_drawing
    desk.previews.choose(listing_id, PreviewChoice.NONE)
    assert shown(desk, listing_id) is None
    assert desk.staging.sweep(desk.store) == 0
    desk.previews.choose(listing_id, PreviewChoice.WORKFLOW)
    assert desk.previews.read(listing_id) == DRAWING


def test_pictures_that_nobody_shows_are_swept_and_the_others_stay(desk: Desk) -> None:
    listing_id = desk.draft(pictures=Pictures(DRAWING, OWN))
    assert len(list((desk.folder / "staging").iterdir())) == 3
    desk.previews.choose(listing_id, PreviewChoice.WORKFLOW)
    assert len(list((desk.folder / "staging").iterdir())) == 2
    desk.reopen()
    desk.staging.sweep(desk.store)
    assert desk.previews.read(listing_id) == DRAWING
    desk.commands.delete_draft(listing_id)
    # They are what undoing brings back.
    assert len(list((desk.folder / "staging").iterdir())) == 2


def test_what_is_no_picture_changes_nothing(desk: Desk) -> None:
    listing_id = desk.draft(pictures=Pictures(DRAWING))
    with pytest.raises(InputError, match="not a picture"):
        desk.previews.choose(listing_id, b"<svg/>")
    with pytest.raises(InputError, match="not a picture"):
        desk.draft(pictures=Pictures(DRAWING, b"%PDF"))
    assert desk.previews.read(listing_id) == DRAWING
    assert len(desk.reads.rows(desk.reads.keys(ListingQuery()))) == 1
    with pytest.raises(InputError, match="no graph"):
        desk.previews.choose(desk.draft(), PreviewChoice.WORKFLOW)


def test_a_file_is_looked_at_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(OWN)
    assert picture_at(path) == OWN
    path.write_bytes(OWN + bytes(PICTURE_MAX))
    with pytest.raises(InputError, match="larger"):
        picture_at(path)
    with pytest.raises(LocalFault):
        picture_at(tmp_path / "missing.png")


def test_only_a_drafts_picture_is_changed(desk: Desk) -> None:
    listing_id = desk.draft(pictures=Pictures(DRAWING))
    desk.commands.publish([listing_id])
    with pytest.raises(Refused, match="Only a draft"):
        desk.previews.choose(listing_id, OWN)
    desk.engine.run_round()
    with pytest.raises(Refused, match="published"):
        desk.previews.choose(listing_id, PreviewChoice.NONE)
    assert desk.previews.read(listing_id) == DRAWING


def test_a_publication_takes_the_picture_along_unless_an_address_was_written(desk: Desk) -> None:
    with_picture = desk.draft(pictures=Pictures(DRAWING))
    with_address = desk.draft(pictures=Pictures(DRAWING), previewImageUrl="https://a.example/b")
    without = desk.draft()
    desk.commands.publish([with_picture, with_address, without])
    verbs = {
        one: [row.verb for row in desk.reads.operations() if row.listing_id == one]
        for one in (with_picture, with_address, without)
    }
    bare = [Verb.UPLOAD, Verb.REGISTER, Verb.VERIFY]
    assert verbs == {
        with_picture: [Verb.UPLOAD, Verb.PREVIEW, Verb.REGISTER, Verb.VERIFY],
        with_address: bare,
        without: bare,
    }
    names = [row.file_name for row in desk.reads.transfers() if row.listing_id == with_picture]
    assert names == ["flow.json", publication.PICTURE]
    desk.commands.withdraw(with_picture)
    states = [row.state for row in desk.reads.transfers() if row.listing_id == with_picture]
    assert states == [TransferState.CANCELLED] * 2
    assert not check_store(desk.folder / "store.sqlite")


@pytest.mark.parametrize("is_bulk", [False, True], ids=["edit", "change set"])
def test_an_address_written_while_the_picture_waits_takes_it_out(
    desk: Desk, server: Server, is_bulk: bool
) -> None:
    listing_id = desk.draft(pictures=Pictures(DRAWING))
    desk.commands.publish([listing_id])
    address = {"previewImageUrl": "https://a.example/b"}
    if is_bulk:
        sets = ChangeSets(desk.store, desk.staging, Stamps(desk.clock))
        sets.apply("Address", SetKind.BULK, [RowChange(listing_id, address)])
    else:
        desk.commands.edit(listing_id, address)
    verbs = [row.verb for row in desk.reads.operations()]
    assert verbs == [Verb.UPLOAD, Verb.REGISTER, Verb.VERIFY]
    needs = desk.store.read(lambda db: db.value("SELECT count(*) FROM outbox_dep"))
    assert needs == 2
    assert not check_store(desk.folder / "store.sqlite")
    assert desk.engine.run_round().is_clean
    assert server.puts == [server.products[listing_id]["fileUrl"]]
    assert server.products[listing_id]["previewImageUrl"] == "https://a.example/b"


def test_a_picture_that_is_gone_is_named_before_anything_is_queued(desk: Desk) -> None:
    listing_id = desk.draft(pictures=Pictures(DRAWING))
    line = shown(desk, listing_id)
    assert line is not None
    desk.staging.path(line.sha256).unlink()
    with pytest.raises(GatesUnmet, match="preview picture is not on this computer"):
        desk.commands.publish([listing_id])
    desk.previews.choose(listing_id, PreviewChoice.NONE)
    desk.commands.publish([listing_id])


def test_a_queued_picture_that_is_lost_is_named(desk: Desk) -> None:
    listing_id = desk.draft(pictures=Pictures(DRAWING))
    desk.commands.publish([listing_id])
    line = shown(desk, listing_id)
    assert line is not None
    desk.staging.path(line.sha256).unlink()
    broken = desk.store.read(lambda db: check_invariants(db, desk.staging))
    assert broken == (f"the preview of listing {listing_id} is queued and not staged",)


def test_a_sweep_between_staging_and_saving_takes_nothing_away(desk: Desk) -> None:
    """Another process may sweep at that very moment."""
    staging = _SweptOnce(desk)
    commands = ListingCommands(desk.store, staging, Stamps(desk.clock))
    chosen = Pictures(DRAWING, OWN)
    listing_id = commands.draft(inspection(b"the file"), {"title": "A", "price": 1}, chosen)
    assert staging.sweeps == 1
    assert desk.previews.read(listing_id) == OWN
    staging.sweeps = 0
    PreviewCommands(desk.store, staging, Stamps(desk.clock)).choose(listing_id, png(grey=77))
    assert desk.previews.read(listing_id) == png(grey=77)


class _SweptOnce(Staging):
    """Swept once, right after the last of what is staged first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.folder / "staging")
        self._desk = desk
        self.sweeps = 0

    def stage(self, source: bytes | Path, sha256: str) -> Path:
        target = super().stage(source, sha256)
        if source in (OWN, png(grey=77)) and not self.sweeps:
            self.sweeps = 1
            assert super().sweep(self._desk.store) > 0
        return target
