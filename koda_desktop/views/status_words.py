"""The sync status in two short lines."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from koda_desktop.sync.rows import Link, SyncStatus
from koda_desktop.views.format import ago, count

_MOST_PARTS = 2
"""In the second line, which has no room for a third; the tip has all of them."""


class StatusWords(NamedTuple):
    """A dot's tone, two lines, and a sentence for the tool tip."""

    tone: str
    first: str
    second: str
    tip: str = ""


OPENING = StatusWords("info", "Opening", "May take a minute", "Leave Koda open until it is done.")


def status_words(status: SyncStatus | None, now: datetime) -> StatusWords:
    """The words for ``status``; None while there is no workspace."""
    if status is None:
        return StatusWords("neutral", "No workspace", "Choose one to begin")
    tone, first = _link_words(status)
    parts = _parts(status) or [_last_words(status, now)]
    more = f"{', '.join(parts)}. Click to sync now (F5)." if len(parts) > _MOST_PARTS else ""
    return StatusWords(tone, first, ", ".join(parts[:_MOST_PARTS]), status.message or more)


def _link_words(status: SyncStatus) -> tuple[str, str]:
    if status.link is Link.OFFLINE:
        return "neutral", "Offline"
    if status.needs_keys:
        return "danger", "Keys refused"
    if status.is_paused:
        return "warning", "Sending paused"
    if status.link is Link.UNREACHABLE:
        return "warning", "Cannot connect"
    if status.link is Link.UNKNOWN:
        return "neutral", "Connecting"
    return ("info", "Syncing") if status.is_running and status.waiting else ("success", "Online")


def _parts(status: SyncStatus) -> list[str]:
    """What has not gone out, the most pressing first."""
    parts = []
    if status.parked:
        parts.append("1 needs you" if status.parked == 1 else f"{count(status.parked)} need you")
    if status.waiting:
        parts.append(f"{count(status.waiting)} waiting")
    if status.held:
        parts.append(f"{count(status.held)} held")
    return parts


def _last_words(status: SyncStatus, now: datetime) -> str:
    when = ago(status.last_sync, now)
    if when:
        return f"Synced {when[0].lower()}{when[1:]}"
    return "Nothing waits" if status.link is Link.OFFLINE else "Not synced yet"
