"""``koda transfers`` and ``koda download``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from koda_desktop.cli.context import Context
from koda_desktop.cli.output import fault_text
from koda_desktop.errors import NotFound, UsageError
from koda_desktop.sync.rows import TransferRow, TransferState

if TYPE_CHECKING:
    from koda_desktop.workspace.facade import Workspace

_ENDED = 1_000
"""How many ended transfers an id is looked for in."""

_PRIORITIES = {"first": 1, "normal": 0, "last": -1}
_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)?(?:/s)?\Z", re.IGNORECASE)
_UNITS = {"": 1, "B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}


def show_all(context: Context, options: argparse.Namespace) -> bool:
    """Transfers under way in their order, then those that ended last."""
    for row in context.workspace().transfers():
        context.output.result(transfer_record(row), transfer_text(row))
    return True


def pause(context: Context, options: argparse.Namespace) -> bool:
    """Stop transfers until they are resumed."""
    return _each(context, options, lambda workspace, one: workspace.pause_transfer(one, True))


def resume(context: Context, options: argparse.Namespace) -> bool:
    """Let paused transfers go on."""
    return _each(context, options, lambda workspace, one: workspace.pause_transfer(one, False))


def cancel(context: Context, options: argparse.Namespace) -> bool:
    """Stop transfers for good."""
    return _each(context, options, lambda workspace, one: workspace.cancel_transfer(one))


def retry(context: Context, options: argparse.Namespace) -> bool:
    """Send or fetch stopped transfers again."""
    return _each(context, options, lambda workspace, one: workspace.retry_transfer(one))


def prioritise(context: Context, options: argparse.Namespace) -> bool:
    """Have a transfer go before or behind the others."""
    priority = _PRIORITIES[options.priority]
    return _each(
        context, options, lambda workspace, one: workspace.prioritise_transfer(one, priority)
    )


def limit(context: Context, options: argparse.Namespace) -> bool:
    """Show the speed limit of all transfers together, or set it."""
    workspace = context.workspace()
    if options.speed is not None:
        workspace.limit_bandwidth(parse_speed(options.speed))
    found = workspace.bandwidth_limit()
    words = "No limit" if found is None else f"At most {found:,} bytes a second"
    context.output.result({"bytesPerSecond": found}, words)
    return True


def download(context: Context, options: argparse.Namespace) -> bool:
    """Fetch the file of a listing; offline it is only queued."""
    workspace = context.workspace()
    listing_id = workspace.listing(options.id).row.id
    transfer_id = workspace.download(listing_id, options.out)
    if context.is_offline:
        row = _show(context, workspace, transfer_id)
        context.output.note("It is fetched with the next `koda sync`.")
        return True
    report = workspace.sync_now()
    if report.problem:
        context.output.note(fault_text(report.problem))
    row = _show(context, workspace, transfer_id)
    if row.error:
        context.output.note(fault_text(row.error))
    return row.state is TransferState.DONE


def parse_speed(text: str) -> int | None:
    """Bytes a second of ``500KB/s``; None for ``none``. Raises UsageError."""
    if text.strip().lower() in ("none", "unlimited"):
        return None
    match = _SPEED.match(text.strip())
    if match is None:
        raise UsageError(
            f"“{text}” is not a speed.", remedy="Write for example 500KB/s, 2MB/s or none."
        )
    return round(float(match[1]) * _UNITS[(match[2] or "").upper()])


def _each(
    context: Context, options: argparse.Namespace, do: Callable[[Workspace, str], None]
) -> bool:
    workspace = context.workspace()
    for transfer_id in [_find(workspace, words).id for words in options.ids]:
        do(workspace, transfer_id)
        _show(context, workspace, transfer_id)
    return True


def _show(context: Context, workspace: Workspace, transfer_id: str) -> TransferRow:
    row = _find(workspace, transfer_id)
    context.output.result(transfer_record(row), transfer_text(row))
    return row


def _find(workspace: Workspace, words: str) -> TransferRow:
    """The transfer of that id, or of a unique beginning of it. Raises NotFound."""
    found = [row for row in workspace.transfers(done=_ENDED) if row.id.startswith(words)]
    if len(found) == 1 and words:
        return found[0]
    what = "More than one transfer’s id begins" if found else "No transfer’s id begins"
    raise NotFound(f"{what} with {words!r}.", remedy="`koda transfers` lists them.")


def transfer_record(row: TransferRow) -> dict[str, Any]:
    """A transfer as one JSON object."""
    return {
        "id": row.id,
        "direction": row.direction.value,
        "state": TransferState.PAUSED.value if row.is_paused else row.state.value,
        "listing": row.listing_id,
        "title": row.listing_title,
        "file": row.file_name,
        "target": row.target,
        "size": row.size,
        "done": row.bytes_done,
        "bytesPerSecond": round(row.bytes_per_second),
        "parts": {"done": row.parts_done, "total": row.parts_total},
        "priority": row.priority,
        "createdAt": row.created_at,
        "finishedAt": row.finished_at,
        "error": row.error,
    }


def transfer_text(row: TransferRow) -> str:
    """A transfer as one line."""
    record = transfer_record(row)
    share = 100 if row.size == 0 else 100 * row.bytes_done // row.size
    line = f"{row.id[:8]}  {row.direction.value:<4}  {record['state']:<9}  {share:>3}%  "
    message = f"  ({row.error['what']})" if row.error else ""
    return f"{line}{row.size:>12,}  {row.target or row.listing_title}{message}"
