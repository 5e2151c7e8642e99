"""Reading the receipts that devices leave in a document.

Every writer may put anything under ``_sync``: what is not a receipt counts as none.
"""

from __future__ import annotations

from collections.abc import Mapping

from koda_desktop.marketplace.api import Json, Receipt


def sequence_of(document: Json, device_id: str) -> int | None:
    """The number of the last operation of that device in ``document``; None when there is none."""
    sequence = _mark(document, device_id).get("s")
    return sequence if isinstance(sequence, int) and not isinstance(sequence, bool) else None


def has_receipt(document: Json, receipt: Receipt) -> bool:
    """Whether the operation of ``receipt``, or a later one of its device, is in ``document``."""
    sequence = sequence_of(document, receipt.device_id)
    return sequence is not None and sequence >= receipt.sequence


def is_applied(document: Json, receipt: Receipt) -> bool:
    """Whether this very operation is the last of its device in ``document``.

    The lanes of a device see to it that none follows before this one was answered; a later mark is
    that of a store whose copy this device was restored from.
    """
    mark = _mark(document, receipt.device_id)
    return mark.get("s") == receipt.sequence and mark.get("o") == receipt.operation_id


def _mark(document: Json, device_id: str) -> Mapping[str, object]:
    found: object = document
    for name in ("_sync", "d", device_id):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
