"""One transfer of one file in a process of its own: ``transfer_child.py JSON``.

Prints "begun", then one line of JSON: the seconds it took, and the memory it took beyond what the
idle program had. It can be killed and started again: it goes on with what its store says.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.services.s3.objects import Bucket, S3Objects
from koda_desktop.sync import outbox
from koda_desktop.sync.transfer_commands import TransferCommands
from koda_desktop.sync.transfers import connections
from koda_desktop.sync.transfers.http import HttpCarrier
from koda_desktop.sync.transfers.sizes import Sizes
from tests.sync.desk import inspection
from tests.sync.engine.transfer_desk import TransferDesk
from tests.sync.fake_marketplace import SELLER, Server

LISTING = "c" * 24
WARM = (connections,)
"""What the program loads when it first needs it, loaded before anything is measured."""


def main(given: dict[str, Any]) -> None:
    clock = SystemClock()
    bucket = Bucket(given["bucket"], "us-east-1", given["endpoint"], given["key"], given["secret"])
    objects = S3Objects(bucket, clock)
    server = Server()
    desk = TransferDesk(
        Path(given["folder"]),
        server,
        market=DirectMarketplace(server.users, server.collection, objects),
        carrier=HttpCarrier(),
        pool=ThreadPoolExecutor(8),
        sizes=Sizes(),
        clock=clock,
    )
    limit = int(given["rate"]) if "rate" in given else None
    TransferCommands(desk.store, desk.commands, desk.parts.stamps).limit(limit)
    objects.head("warm-up")
    work = upload(desk, given) if given["way"] == "up" else download(desk, server, given)
    idle = peak()
    print("begun", flush=True)
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "extra_mib": peak() - idle}))
    desk.close()
    objects.close()


def peak() -> float:
    """The most memory this process had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def upload(desk: TransferDesk, given: dict[str, Any]) -> Callable[[], object]:
    """Queue the upload, or find it queued; what is left to do."""
    rows = desk.store.read(lambda db: db.rows("SELECT id FROM entity"))
    listing_id = rows[0][0] if rows else queued(desk, given)
    if desk.store.read(lambda db: outbox.lane(db, listing_id))[0].verb == "upload":
        return lambda: desk.upload(listing_id)
    return lambda: None


def queued(desk: TransferDesk, given: dict[str, Any]) -> str:
    """A draft whose file is the large one, which lies in the staging folder already."""
    listing_id = desk.commands.draft(inspection(b"small"), {"title": "A", "price": 5})
    desk.store.write(
        lambda tx: tx.run(
            "UPDATE entity SET file_sha256 = ?, file_size = ?", (given["sha256"], given["size"])
        )
    )
    desk.commands.publish([listing_id])
    return listing_id


def download(desk: TransferDesk, server: Server, given: dict[str, Any]) -> Callable[[], object]:
    """Queue the download, or find it queued; what is left to do."""
    file = {"key": "file", "size": given["size"], "sha256": given["sha256"], "name": "file.bin"}
    server.web_create(LISTING, sellerId=SELLER, files=[file])
    if not desk.store.read(lambda db: db.rows("SELECT id FROM transfer")):
        desk.commands.draft(inspection(b"small"), {"title": "A", "price": 5})
        desk.store.write(
            lambda tx: tx.run(
                # The row and its document name the same id, or the store is taken for damaged.
                "UPDATE entity SET is_at_server = 1, id = ?",
                (LISTING,),
            )
        )
        desk.store.write(
            lambda tx: tx.run("UPDATE document SET doc = json_set(doc, '$._id', ?)", (LISTING,))
        )
        desk.wanted(LISTING, Path(given["folder"]) / "in")
    return lambda: [desk.download(plan) for plan in desk.ready()]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
