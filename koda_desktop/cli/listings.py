"""``koda listings`` and ``koda show``."""

from __future__ import annotations

import argparse
from typing import Any

from koda_desktop.cli.context import Context
from koda_desktop.cli.selecting import selection_of
from koda_desktop.models.money import Money
from koda_desktop.sync.pictures import PreviewLine
from koda_desktop.sync.rows import ListingDetail, ListingRow

_PAGE = 500


def listings(context: Context, options: argparse.Namespace) -> bool:
    """One line per listing, newest change first."""
    workspace = context.workspace()
    keys = workspace.selected(selection_of(options.query))
    if options.limit is not None:
        keys = keys[: max(options.limit, 0)]
    for start in range(0, len(keys), _PAGE):
        for row in workspace.rows(keys[start : start + _PAGE]):
            context.output.result(listing_record(row), listing_text(row))
    return True


def show(context: Context, options: argparse.Namespace) -> bool:
    """One listing, whole."""
    detail = context.workspace().listing(options.id)
    context.output.result(_detail_record(detail), _detail_text(detail))
    return True


def listing_record(row: ListingRow) -> dict[str, Any]:
    """A listing's row as one JSON object."""
    return {
        "id": row.id,
        "title": row.title,
        "state": row.state.value,
        "platform": row.platform,
        "category": row.category,
        "tags": list(row.tags),
        "price": str(Money(row.price_minor, row.currency).as_decimal()),
        "currency": row.currency,
        "version": row.version,
        "updatedAt": row.updated_at,
        "file": {"name": row.file_name, "size": row.file_size},
        "message": row.message,
    }


def listing_text(row: ListingRow) -> str:
    """A listing's row as one line."""
    price = Money(row.price_minor, row.currency).as_decimal()
    line = f"{row.id}  {row.state.value:<10}  {price:>10} {row.currency}  {row.platform:<6}  "
    message = f"  ({row.message})" if row.message else ""
    return f"{line}{row.title}{message}"


def _detail_record(detail: ListingDetail) -> dict[str, Any]:
    return {
        **listing_record(detail.row),
        "sha256": detail.file_sha256,
        "preview": _preview_record(detail.preview),
        "atServer": detail.is_at_server,
        "verifiedAt": detail.verified_at,
        "pendingFields": list(detail.pending_fields),
        "error": detail.error,
        "document": detail.document,
    }


def _preview_record(preview: PreviewLine | None) -> dict[str, Any] | None:
    if preview is None:
        return None
    return {
        "of": "workflow" if preview.is_drawing else "seller",
        "mediaType": preview.media_type,
        "size": preview.size,
        "sha256": preview.sha256,
    }


def _preview_text(preview: PreviewLine | None) -> str:
    if preview is None:
        return ""
    whose = "the workflow’s picture" if preview.is_drawing else "a picture of your own"
    return f"{whose} ({preview.media_type}, {preview.size} bytes, sha256 {preview.sha256})"


def _detail_text(detail: ListingDetail) -> str:
    row = detail.row
    facts = {
        "state": row.state.value + (f" ({row.message})" if row.message else ""),
        "price": str(Money(row.price_minor, row.currency)),
        "category": row.category,
        "platform": row.platform,
        "version": row.version,
        "tags": ", ".join(row.tags),
        "file": f"{row.file_name} ({row.file_size} bytes, sha256 {detail.file_sha256})",
        "preview": _preview_text(detail.preview),
        "verified": detail.verified_at or "not yet",
        "waiting changes": ", ".join(detail.pending_fields),
    }
    lines = [f"{row.id}  {row.title}"]
    lines += [f"  {label}: {value}" for label, value in facts.items() if value]
    return "\n".join([*lines, "", str(detail.document.get("description", ""))]).rstrip()
