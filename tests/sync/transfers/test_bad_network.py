"""A large file up and down through a proxy that treats connections as bad networks do."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.services.s3.objects import Bucket, S3Objects
from koda_desktop.sync.engine.parts import StorageFault
from koda_desktop.sync.rows import TransferState
from koda_desktop.sync.transfers.http import HttpCarrier
from tests.faults.chaos import ChaosProxy, Trouble
from tests.sync.engine.transfer_desk import TransferDesk
from tests.sync.fake_marketplace import Server
from tests.sync.transfers.personas import Persona, PersonaServer
from tests.sync.transfers.test_personas import DATA, PART, SIZES

ATTEMPTS = 30


class Line:
    """A desk whose bytes, and whose marketplace's words, go through a chaos proxy."""

    def __init__(self, folder: Path) -> None:
        self.store = PersonaServer(folder / "objects", Persona.FAITHFUL)
        self.proxy = ChaosProxy(("127.0.0.1", self.store.port))
        self.proxy.__enter__()
        bucket = self.store.bucket
        self.objects = S3Objects(
            Bucket(
                bucket.name,
                bucket.region,
                f"http://127.0.0.1:{self.proxy.port}",
                bucket.access_key_id,
                bucket.secret_access_key,
            ),
            SystemClock(),
        )
        server = Server()
        market = DirectMarketplace(server.users, server.collection, self.objects, lambda _: PART)
        self.desk = TransferDesk(
            folder / "desk",
            server,
            market=market,
            carrier=HttpCarrier(),
            pool=ThreadPoolExecutor(4),
            sizes=SIZES,
        )

    def close(self) -> None:
        self.desk.close()
        self.objects.close()
        self.proxy.__exit__(None, None, None)
        self.store.close()

    def upload(self, listing_id: str) -> int:
        """Try until it is through, as the engine does; how many attempts failed."""
        for failed in range(ATTEMPTS):
            try:
                self.desk.upload(listing_id)
            except (KodaError, StorageFault):
                continue
            return failed
        pytest.fail("the upload never came through")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path)
    yield line
    line.close()


TROUBLES = {
    "cut while sending": Trouble(cut_up=PART + PART // 2),
    "cut while sending, by reset": Trouble(cut_up=PART + PART // 2, is_reset=True),
    "reply lost": Trouble(is_reply_lost=True),
    "refused": Trouble(is_refused=True, is_reset=True),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_an_upload_comes_through_a_bad_line_once(line: Line, name: str) -> None:
    listing_id = line.desk.queued(DATA)
    line.proxy.plan.extend([TROUBLES[name]] * 6)
    line.upload(listing_id)
    stored = line.objects.head(line.desk.plan(listing_id).object_key)
    assert stored is not None
    assert stored.size == len(DATA)
    assert len(line.proxy.met) == 6
    assert line.objects.open_uploads("") == ()


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(cut_down=PART // 2),
        Trouble(cut_down=PART + PART // 3, is_reset=True),
        Trouble(is_reply_lost=True),
    ],
)
def test_a_download_comes_through_a_bad_line_whole(
    line: Line, tmp_path: Path, trouble: Trouble
) -> None:
    desk = line.desk
    plan = desk.wanted(desk.published(DATA), tmp_path / "in")
    # What is idle was opened before the trouble began.
    line.proxy.cut_all()
    line.proxy.plan.extend([trouble] * 5)
    for _ in range(ATTEMPTS):
        try:
            row = desk.download(plan)
        except (KodaError, StorageFault):
            continue
        break
    assert row.state is TransferState.DONE
    assert Path(row.target).read_bytes() == DATA
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["flow.json"]


def test_a_store_killed_in_the_middle_keeps_what_it_had(line: Line) -> None:
    desk = line.desk
    listing_id = desk.queued(DATA)

    def cut(name: str) -> None:
        if name == "part.sent" and desk.steps.count(name) == 5:
            line.proxy.cut_all()
            line.proxy.usual = Trouble(is_refused=True)

    desk.step = cut
    with pytest.raises((KodaError, StorageFault)):
        desk.upload(listing_id)
    desk.step = lambda _: None
    line.proxy.usual = Trouble()
    before = sum(1 for method, path in line.store.seen if "partNumber" in path)
    line.upload(listing_id)
    after = sum(1 for method, path in line.store.seen if "partNumber" in path)
    assert after - before <= 5 + 4
