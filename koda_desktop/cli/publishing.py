"""``koda publish`` and ``koda sync``: queue, send, and say what became of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from koda_desktop.cli.context import Context
from koda_desktop.cli.listings import listing_record, listing_text
from koda_desktop.cli.output import fault_text
from koda_desktop.errors import UsageError
from koda_desktop.runtime.work import Progress
from koda_desktop.sync.rows import ListingQuery, ListingState, SyncReport

if TYPE_CHECKING:
    from koda_desktop.workspace.facade import Workspace


_PHASES = {"send": "Sending what waits…", "pull": "Fetching what changed…"}


def publish(context: Context, options: argparse.Namespace) -> bool:
    """Queue the listings; unless offline, send them and wait for the read-back."""
    if options.all == bool(options.ids):
        raise UsageError("Name the listings to publish, or say --all.")
    workspace = context.workspace()
    ids = _drafts(workspace) if options.all else [workspace.listing(i).row.id for i in options.ids]
    workspace.publish(ids)
    if context.is_offline:
        _print_listings(context, workspace, ids)
        context.output.note(f"{len(ids)} queued. They go out with the next `koda sync`.")
        return True
    _note_report(context, _synchronise(context, workspace))
    rows = _print_listings(context, workspace, ids)
    return all(state is ListingState.PUBLISHED for state in rows)


def sync(context: Context, options: argparse.Namespace) -> bool:
    """Send everything that waits, then fetch what changed at the marketplace."""
    if options.watch:
        from koda_desktop.cli.watching import watch

        return watch(context)
    workspace = context.workspace()
    if context.is_offline:
        status = workspace.status()
        idle = {"sent": 0, "pulled": 0, "waiting": status.waiting, "parked": status.parked}
        context.output.result(idle, f"Working offline: {status.waiting} waiting.")
        return True
    report = _synchronise(context, workspace)
    record = {
        "sent": report.sent,
        "pulled": report.pulled,
        "published": list(report.published),
        "waiting": report.waiting,
        "parked": [
            {"id": row.listing_id, "verb": row.verb.value, "error": row.error}
            for row in report.parked
        ],
        "problem": report.problem,
    }
    text = f"Sent {report.sent}, fetched {report.pulled}, waiting {report.waiting}."
    context.output.result(record, text)
    _note_report(context, report)
    unreadable = workspace.status().quarantined
    if unreadable:
        note = f"{unreadable} of the marketplace’s listings cannot be read; see `koda activity`."
        context.output.note(note)
    return report.is_clean


def _drafts(workspace: Workspace) -> list[str]:
    keys = workspace.keys(ListingQuery(states=frozenset({ListingState.DRAFT}), hides_archived=True))
    return [row.id for row in workspace.rows(keys)]


def _synchronise(context: Context, workspace: Workspace) -> SyncReport:
    phases: set[str] = set()

    def tell(progress: Progress) -> None:
        if progress.phase in _PHASES and progress.phase not in phases:
            phases.add(progress.phase)
            context.output.note(_PHASES[progress.phase])

    return workspace.sync_now(progress=tell)


def _note_report(context: Context, report: SyncReport) -> None:
    for row in report.parked:
        if row.error:
            context.output.note(f"{row.listing_id} {row.listing_title}")
            context.output.note(fault_text(row.error))
    if report.problem:
        context.output.note(fault_text(report.problem))
    if report.waiting:
        context.output.note(f"{report.waiting} still waiting; they go out with the next sync.")


def _print_listings(context: Context, workspace: Workspace, ids: list[str]) -> list[ListingState]:
    states = []
    for listing_id in ids:
        detail = workspace.listing(listing_id)
        context.output.result(listing_record(detail.row), listing_text(detail.row))
        states.append(detail.row.state)
    return states
