"""``koda edit SELECTOR --rescan``: files of listings looked at again, in processes of their own."""

from __future__ import annotations

import argparse
import contextlib
import queue
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koda_desktop.cli.children import processors
from koda_desktop.cli.context import Context
from koda_desktop.cli.selecting import one_of, selection_of
from koda_desktop.errors import LocalFault, NotFound, UsageError
from koda_desktop.runtime.child import Child, ChildEnded
from koda_desktop.workflows.kept import NOTHING_KEPT
from koda_desktop.workspace.rescan import Rescanned, RescanReport, Standing

if TYPE_CHECKING:
    from koda_desktop.workflows.inspection import Inspection

TASK = "inspect"
_ALONE = (
    "changes", "percent", "amount", "round", "add_tag", "remove_tag", "rename_tag", "find", "bump",
    "attach", "duplicate", "archive", "restore", "preview",
)  # fmt: skip


def rescan(context: Context, options: argparse.Namespace) -> bool:
    """Tell what the files of the listings hold; False where there are secrets or errors."""
    given = [name for name in _ALONE if getattr(options, name)]
    if given:
        raise UsageError("--rescan goes alone.", remedy="Change the listings afterwards.")
    one = one_of(context.workspace(), options.selector)
    selection = selection_of([f"id:{one}"] if one else options.selector)
    with _lookers(context.allowed()) as look:
        report = context.workspace().rescan.look(selection, look, workers=processors())
    if not report.total:
        raise NotFound("No listing is meant by that.")
    for line in report.worst_first():
        context.output.result(_record(line), _text(line))
    context.output.result(_summary(report), summary_text(report))
    return not any(report.counts[one] for one in (Standing.SECRETS, Standing.ERRORS))


@contextlib.contextmanager
def _lookers(allowed: frozenset[str]) -> Iterator[Any]:
    """What looks at a file in a process that waits; as many are started as are asked together."""
    idle: queue.SimpleQueue[Child] = queue.SimpleQueue()

    def look(path: Path) -> Inspection:
        try:
            child = idle.get_nowait()
        except queue.Empty:
            child = Child(TASK)
        try:
            answer: Inspection | str = child.ask((path, allowed, NOTHING_KEPT))
        except ChildEnded as ended:
            raise LocalFault(
                "The process that looked at the file was ended, probably for want of memory.",
                remedy="Look at this listing by itself.",
                facts={"exit_code": ended.code},
            ) from None
        idle.put(child)
        if isinstance(answer, str):
            raise RuntimeError(answer)
        return answer

    try:
        yield look
    finally:
        while not idle.empty():
            idle.get().close()


def summary_text(report: RescanReport) -> str:
    """``12 looked at: 1 with secrets, 11 clean.``"""
    named = {
        Standing.SECRETS: "with secrets",
        Standing.ERRORS: "with errors",
        Standing.WARNINGS: "with warnings",
        Standing.FAILED: "could not be looked at",
        Standing.ABSENT: "not on this computer",
        Standing.CLEAN: "clean",
    }
    counts = [f"{report.counts[one]} {words}" for one, words in named.items() if report.counts[one]]
    held = f" Held back from publishing: {report.held}." if report.held else ""
    freed = f" Can be published now: {report.freed}." if report.freed else ""
    return f"{report.looked_at} looked at: {', '.join(counts)}.{held}{freed}"


def _summary(report: RescanReport) -> dict[str, Any]:
    counts = {one.value: report.counts[one] for one in Standing}
    moved = {"held": report.held, "freed": report.freed}
    return {"lookedAt": report.looked_at, "counts": counts, **moved}


def _record(line: Rescanned) -> dict[str, Any]:
    return {
        "id": line.listing_id,
        "title": line.title,
        "file": line.file_name,
        "standing": line.standing.value,
        "findings": list(line.words),
        "published": line.is_published,
        "held": line.is_held,
        "freed": line.is_freed,
    }


def _text(line: Rescanned) -> str:
    held = "  (held back from publishing)" if line.is_held else ""
    begin = f"{line.listing_id}  {line.standing.value:<8}  {line.title}{held}"
    return "\n".join([begin, *(f"    {words}" for words in line.words)])
