"""A process that publishes one large file, downloads it again and kills itself at a named step.

Run as ``child_transfers.py FOLDER URL STEP TIMES``. What it did before a kill is in its store.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from koda_desktop.sync import outbox
from koda_desktop.sync.transfers.http import HttpCarrier
from tests.sync.engine.transfer_desk import TransferDesk
from tests.sync.engine.wire import RemoteMarketplace
from tests.sync.fake_marketplace import PART, Server

DATA = random.Random(5).randbytes(20 * PART + 5)


def main(folder: Path, url: str, step: str, times: int) -> None:
    desk = TransferDesk(
        folder,
        Server(),
        market=RemoteMarketplace(url),
        carrier=HttpCarrier(),
        pool=ThreadPoolExecutor(4),
    )
    lock, left = threading.Lock(), [times]

    def on_step(name: str) -> None:
        with lock:
            left[0] -= name == step
            if name == step and left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    desk.step = on_step
    publish(desk)
    if not desk.store.read(lambda db: db.rows("SELECT 1 FROM transfer WHERE direction = 'down'")):
        [listing_id] = ids(desk)
        desk.wanted(listing_id, folder / "in")
    for plan in desk.ready():
        desk.download(plan)
    desk.close()


def publish(desk: TransferDesk) -> None:
    if not ids(desk):
        desk.queued(DATA)
    [listing_id] = ids(desk)
    while lane := desk.store.read(lambda db: outbox.lane(db, listing_id)):
        if lane[0].verb == "upload":
            desk.upload(listing_id)
        else:
            desk.advance(listing_id)


def ids(desk: TransferDesk) -> list[str]:
    return [row[0] for row in desk.store.read(lambda db: db.rows("SELECT id FROM entity"))]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
