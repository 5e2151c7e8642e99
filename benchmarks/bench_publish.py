"""Publishing 100 small listings to the sandbox, beside the bare calls it cannot do without.

Ours: commit the queue, ask for leave to upload, PUT, register behind every gate, read back document
and bytes, for each of 100 listings. The other side, in the same run and over the same servers: one
presigned PUT, one insert and one GET per listing, in one thread, checking nothing.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path

import httpx

from koda_desktop.marketplace.api import FileFacts, Receipt
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.ids import new_object_id
from koda_desktop.runtime.paths import Paths
from koda_desktop.services.mongodb.products import MongoProducts
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workspace import Workspace, WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.connect import Connected, Connector, actor_of
from koda_desktop.workspace.secrets import Secrets

LISTINGS = 100


def main() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        paths = Paths(Path(temporary)).ensure()
        info = WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)
        connector = Connector(info, Secrets(info), paths, SystemClock())
        connected = connector.open()
        workspace = Workspace.open(paths, info)
        try:
            bare = publish_bare(connected)
            queued, sent = publish_ours(workspace)
        finally:
            workspace.close()
            connector.close()
    print(f"koda: {LISTINGS} listings queued durably in {queued * 1000:.0f} ms")
    print(f"koda: uploaded, registered and read back in {sent:.2f} s ({LISTINGS / sent:.0f}/s)")
    print(f"bare: PUT, insert and GET, one after the other, {bare:.2f} s ({LISTINGS / bare:.0f}/s)")
    print(f"ratio: {sent / bare:.2f}")
    return 0


def workflow(number: int) -> bytes:
    """A small n8n export, different for each number."""
    nodes = [
        {"name": "Start", "type": "n8n-nodes-base.manualTrigger", "parameters": {}},
        {"name": f"Set {number}", "type": "n8n-nodes-base.set", "parameters": {"value": number}},
    ]
    connections = {"Start": {"main": [[{"node": f"Set {number}", "type": "main", "index": 0}]]}}
    name = f"Automation {number}"
    return json.dumps({"name": name, "nodes": nodes, "connections": connections}).encode()


def publish_ours(workspace: Workspace) -> tuple[float, float]:
    """Seconds to queue, and to publish, LISTINGS listings. Raises when one is not published."""
    ids = [
        workspace.draft(inspect_bytes(workflow(number), f"flow-{number}.json"), {"price": 4.5})
        for number in range(LISTINGS)
    ]
    began = time.perf_counter()
    workspace.publish(ids)
    queued = time.perf_counter()
    report = workspace.sync_now()
    ended = time.perf_counter()
    if len(report.published) != LISTINGS or not report.is_clean:
        raise RuntimeError(f"not everything was published: {report}")
    return queued - began, ended - queued


def publish_bare(connected: Connected) -> float:
    """Seconds for the same bytes without queue, rules, gates or verification."""
    products = MongoProducts(connected.database)
    seller = actor_of(WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)).user_id
    began = time.perf_counter()
    with httpx.Client(trust_env=False) as client:
        for number in range(LISTINGS):
            data = workflow(number)
            digest = hashlib.sha256(data).hexdigest()
            file = FileFacts("flow.json", "application/json", len(data), digest)
            key = f"bare/{number}"
            put = connected.objects.sign_put(key, file, 60)
            client.put(put.url, content=data, headers=put.headers).raise_for_status()
            document = {"_id": new_object_id(), "sellerId": seller, "title": f"Bare {number}"}
            products.insert(document, Receipt("bench", number, f"op-{number}"))
            client.get(connected.objects.sign_get(key, "flow.json", 60).url).raise_for_status()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
