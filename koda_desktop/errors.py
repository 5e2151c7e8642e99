"""Every fault this program tells a person about, as one tree.

::

    KodaError
    ├── Cancelled              the person, or quitting, stopped the work
    ├── InputError             what was given cannot be used as it is
    │   ├── UsageError         a command or a field was filled in wrongly
    │   ├── UnreadableFile     the file could not be opened or read
    │   ├── TooLarge           past a cap that is checked before parsing
    │   └── NotFound           no listing, workspace or document of that name
    ├── Refused                the marketplace's rules say no; trying again changes nothing
    │   ├── NotAllowed         not signed in, banned, or somebody else's document
    │   ├── GatesUnmet         publishing needs more; each unmet gate is named
    │   └── Conflict           the document changed underneath
    ├── Unavailable            the outside cannot be reached just now; the work waits (can_retry)
    │   ├── Offline            no network, or working offline by choice
    │   ├── ServerDown         a server did not answer, or answered "later"
    │   └── FeedLost           the change stream cannot go on from here: compare everything
    ├── Misconfigured          the outside answers, but not to us as we are set up
    │   ├── WrongCredentials   a key, password or role is refused
    │   ├── MissingResource    the bucket or the database does not exist
    │   ├── ClockWrong         this computer's clock is too far off for signed requests
    │   └── FeedUnsupported    the database has no change streams for us: read page by page
    ├── LocalFault             this computer's own trouble
    │   ├── DiskFull
    │   ├── NoRights           the file system says no
    │   ├── StoreFault         the local store is locked, damaged or from a newer version
    │   └── VaultFault         no keyring, or a locked one
    └── Unverified             what came back is not what was sent

A fault of the world is one of these and is told in three parts: what happened, what is kept and
what to do next. Anything else that escapes is a bug and goes to the crash report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class KodaError(Exception):
    """A fault a person is told about.

    ``what`` says what happened in one sentence; ``kept`` what is safe; ``remedy`` what to do next.
    ``facts`` are for the log and for ``--json``: never a secret, a token or a signed URL.
    """

    code: ClassVar[str] = "error"
    can_retry: ClassVar[bool] = False
    default_kept: ClassVar[str] = ""
    default_remedy: ClassVar[str] = ""

    def __init__(
        self,
        what: str,
        *,
        kept: str | None = None,
        remedy: str | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.kept = self.default_kept if kept is None else kept
        self.remedy = self.default_remedy if remedy is None else remedy
        self.facts: dict[str, object] = dict(facts or {})

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.kept, self.remedy) if part)

    def as_json(self) -> dict[str, object]:
        """The error as one JSON object, for ``koda --json`` and for saved operations."""
        return {
            "code": self.code,
            "what": self.what,
            "kept": self.kept,
            "remedy": self.remedy,
            "can_retry": self.can_retry,
            "facts": self.facts,
        }


class Cancelled(KodaError):
    code = "cancelled"
    can_retry = True


class InputError(KodaError):
    code = "input"
    default_kept = "Nothing was changed."


class UsageError(InputError):
    code = "usage"


class UnreadableFile(InputError):
    code = "unreadable-file"


class TooLarge(InputError):
    code = "too-large"


class NotFound(InputError):
    code = "not-found"


class Refused(KodaError):
    code = "refused"
    default_kept = "Your listing is kept on this computer."


class NotAllowed(Refused):
    code = "not-allowed"


class GatesUnmet(Refused):
    """Publishing needs more. ``facts["gates"]`` lists each unmet gate as code, what and remedy."""

    code = "gates-unmet"


class Conflict(Refused):
    code = "conflict"


class Unavailable(KodaError):
    code = "unavailable"
    can_retry = True
    default_kept = "Everything is kept on this computer and is sent as soon as it can be."


class Offline(Unavailable):
    code = "offline"


class ServerDown(Unavailable):
    code = "server-down"
    default_remedy = "Check that the server runs and can be reached; Koda tries again by itself."


class FeedLost(Unavailable):
    code = "feed-lost"


class Misconfigured(KodaError):
    code = "misconfigured"
    default_kept = "Everything is kept on this computer."


class WrongCredentials(Misconfigured):
    code = "wrong-credentials"
    default_remedy = "Check the keys of this workspace in Settings."


class MissingResource(Misconfigured):
    code = "missing-resource"


class ClockWrong(Misconfigured):
    code = "clock-wrong"
    default_remedy = "Set this computer’s date and time, then try again."


class FeedUnsupported(Misconfigured):
    code = "feed-unsupported"


class LocalFault(KodaError):
    code = "local-fault"


class DiskFull(LocalFault):
    code = "disk-full"
    can_retry = True
    default_kept = "What was saved before is whole; this change was not saved."
    default_remedy = "Free some disk space, then try again."


class NoRights(LocalFault):
    code = "no-rights"


class StoreFault(LocalFault):
    code = "store-fault"


class VaultFault(LocalFault):
    code = "vault-fault"


class Unverified(KodaError):
    code = "unverified"
    can_retry = True
