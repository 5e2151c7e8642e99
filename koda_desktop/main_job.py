"""The main job without a screen: a sample workflow becomes a verified listing, told step by step.

``python3 dev.py run`` does this where there is no screen. It works in a data folder of its own
unless it is given one, and its exit code says whether what was read back is what was published.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from koda_desktop.errors import KodaError, Unverified
from koda_desktop.models.money import parse_amount, split_fee, to_web_number
from koda_desktop.runtime.paths import Paths
from koda_desktop.runtime.resources import resource
from koda_desktop.sync.rows import ListingDetail, ListingState
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Inspection, PackagedFile
from koda_desktop.workspace import Workspace, WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry

SAMPLE = "samples/lead-digest.n8n.json"
PRICE = "9.99"

Say = Callable[[str], None]


def run_main_job(data_dir: Path | None, screenshot: Path | None, say: Say | None = None) -> int:
    """Do the main job in ``data_dir`` (default: a temporary one); answers the exit code."""
    say = say or _say
    with tempfile.TemporaryDirectory(prefix="koda-main-job-") as temporary:
        paths = Paths(data_dir or Path(temporary)).ensure()
        try:
            return _do(paths, screenshot, say)
        except KodaError as error:
            say(f"Failed: {error}")
            return 1


def _do(paths: Paths, screenshot: Path | None, say: Say) -> int:
    inspection = inspect_path(resource(SAMPLE))
    package = _tell_report(inspection, say)
    workspace = Workspace.open(paths, _sandbox(paths))
    try:
        listing_id = _draft(workspace, inspection, say)
        detail = _publish(workspace, listing_id, say)
        _check(detail, package, say)
        if screenshot is not None:
            from koda_desktop.app import picture

            picture(paths, workspace, listing_id, screenshot)
            say(f"Picture    {screenshot}")
    finally:
        workspace.close()
    say("Done       what was read back is what was published")
    return 0


def _sandbox(paths: Paths) -> WorkspaceInfo:
    registry = Registry(paths)
    known = [info for info in registry.all() if info.kind is WorkspaceKind.SANDBOX]
    if known:
        return known[0]
    info = WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)
    registry.add(info)
    return info


def _tell_report(inspection: Inspection, say: Say) -> PackagedFile:
    names = ", ".join(item.name for item in inspection.integrations)
    say(f"Check      {inspection.file_name}: {inspection.platform}, {inspection.node_count} nodes")
    say(f"           {names}")
    say(f"Scrub      {len(inspection.removed)} traces of the author’s own instance removed")
    if inspection.packaged is None or not inspection.publishable:
        raise Unverified("The sample cannot be published.", facts={"report": inspection.as_json()})
    package = inspection.packaged
    say(f"Package    {package.name}, {len(package.data)} bytes, sha256 {package.sha256[:16]}…")
    return package


def _draft(workspace: Workspace, inspection: Inspection, say: Say) -> str:
    price = parse_amount(PRICE)
    split = split_fee(price)
    listing_id = workspace.draft(inspection, {"price": to_web_number(price)})
    say(f"Draft      {listing_id}: {price}, fee {split.fee}, you get {split.net}")
    return listing_id


def _publish(workspace: Workspace, listing_id: str, say: Say) -> ListingDetail:
    workspace.publish([listing_id])
    report = workspace.sync_now()
    for operation in reversed(workspace.operations()):
        say(f"Sync       {operation.verb}: {operation.state}")
    if not report.is_clean:
        problem = report.problem or next((row.error for row in report.parked), None) or {}
        raise Unverified(str(problem.get("what", "Not everything was sent.")))
    return workspace.listing(listing_id)


def _check(detail: ListingDetail, package: PackagedFile, say: Say) -> None:
    files = detail.document.get("files") or [{}]
    if detail.row.state is not ListingState.PUBLISHED or files[0].get("sha256") != package.sha256:
        raise Unverified("What was read back is not what was published.")
    say(f"Read back  “{detail.row.title}” with sha256 {files[0]['sha256'][:16]}…")


def _say(text: str) -> None:
    print(text, flush=True)
