"""SQLite's refusals as KodaErrors, in one place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

import apsw

from koda_desktop.errors import Cancelled, DiskFull, KodaError, NoRights, StoreFault

UNCHANGED = "What was saved before is whole; this change was not saved."


class StoreDamaged(StoreFault):
    """The file is not what was written to it: what can be read is saved at the next start."""

    default_kept = "What the marketplace has is safe there."
    default_remedy = (
        "Close Koda and start it again: it looks through the store, keeps what can be read of your "
        "drafts and changes, and reads the rest from the marketplace."
    )

    def __init__(self, facts: Mapping[str, object]) -> None:
        super().__init__("The local store is damaged.", facts=facts)


@contextlib.contextmanager
def store_faults() -> Iterator[None]:
    """Turn what SQLite says of the disk and its locks into KodaErrors; bugs pass through."""
    try:
        yield
    except apsw.Error as error:
        fault = store_fault(error)
        if fault is None:
            raise
        raise fault from error


def store_fault(error: apsw.Error) -> KodaError | None:
    """The KodaError for ``error``; None where the fault is the program's own."""
    facts = {"sqlite": str(error)}
    for kinds, make in _FAULTS:
        if isinstance(error, kinds):
            return make(facts)
    return None


def _full(facts: dict[str, str]) -> KodaError:
    return DiskFull("The local store could not be written: the disk is full.", facts=facts)


def _busy(facts: dict[str, str]) -> KodaError:
    return StoreFault(
        "The local store is held by other work.",
        kept=UNCHANGED,
        remedy="Try again in a moment; close other windows of Koda if it stays.",
        facts=facts,
    )


def _rights(facts: dict[str, str]) -> KodaError:
    return NoRights(
        "The local store may not be opened or written.",
        kept=UNCHANGED,
        remedy="Check the permissions of Koda’s data folder.",
        facts=facts,
    )


def _disk(facts: dict[str, str]) -> KodaError:
    return StoreFault(
        "The disk did not take or give the local store’s data.",
        kept=UNCHANGED,
        remedy="Check the disk, then try again.",
        facts=facts,
    )


def _stopped(_: dict[str, str]) -> KodaError:
    return Cancelled("Stopped.")


_FAULTS = (
    ((apsw.FullError,), _full),
    ((apsw.BusyError, apsw.LockedError, apsw.ProtocolError), _busy),
    ((apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError), _rights),
    ((apsw.CorruptError, apsw.NotADBError), StoreDamaged),
    ((apsw.IOError,), _disk),
    ((apsw.InterruptError,), _stopped),
)
