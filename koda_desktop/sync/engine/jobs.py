"""What the core wants done outside, and what it is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.engine.parts import Apply
from koda_desktop.sync.outbox import Operation


class JobKind(StrEnum):
    """What a job talks about; at most one of each runs, save for the files."""

    CONNECT = "connect"
    EDITS = "edits"
    PUBLISH = "publish"
    DOWNLOAD = "download"
    FOLLOW = "follow"
    LISTEN = "listen"
    """Waits for the stream to tell something; nobody waits for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One piece of work outside: blocking, run on some thread, answered by a ``Finished``.

    ``work`` answers what is to be written, and raises KodaErrors. ``operations`` are frozen and go
    out in one piece; ``lanes`` are kept from everything else until the job is finished.
    """

    number: int
    kind: JobKind
    lanes: tuple[str, ...]
    cancel: CancelToken
    work: Callable[[], Apply]
    operations: tuple[Operation, ...] = ()


@dataclass(frozen=True, slots=True)
class Wake:
    """Look again: something was queued, or the time came that ``Core.due_in`` named.

    ``is_asked``: a person, or the network's return, wants it now whatever the back-off says.
    """

    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """A job came back: with what it answered, or with what it raised."""

    job: Job
    apply: Apply | None = None
    error: BaseException | None = None


Event = Wake | Finished
