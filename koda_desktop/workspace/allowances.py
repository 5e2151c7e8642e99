"""Values that look like secrets and that their owner declared to be none, each with a reason.

Kept as SHA-256 digests in ``allowed-secrets.json`` of the data folder: the values themselves are
never written down. The file is this account's alone, because a short value could be guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from koda_desktop.errors import LocalFault, NotFound, UsageError
from koda_desktop.runtime.account import account_name
from koda_desktop.runtime.clock import Clock, iso
from koda_desktop.runtime.files import disk_faults, write_atomically

REASON_MAX = 500
SEEN_MAX = 300
SHOWN_DIGITS = 12
"""How much of a digest is shown: enough to tell values apart, of little use to guess one."""
SHORTEST_PREFIX = 8
"""How many digits at least name a value."""
_DIGEST = re.compile(r"[0-9a-f]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Allowance:
    """One value that may be published. ``digest`` is the SHA-256 in hex; ``at`` is ISO 8601.

    ``masked`` is what may be shown of the value, ``seen`` the file and place it was allowed in,
    ``by`` the account of this computer that said so; empty in entries of earlier versions.
    """

    digest: str
    reason: str
    kind: str
    at: str
    masked: str = ""
    seen: str = ""
    by: str = ""

    @property
    def short(self) -> str:
        """As much of the digest as is shown."""
        return self.digest[:SHOWN_DIGITS]

    def as_json(self) -> dict[str, object]:
        """The object of ``koda allowances list --json``; its digest is cut as it is shown."""
        return asdict(self) | {"digest": self.short}

    def matches(self, words: str) -> bool:
        """Whether each of ``words`` stands in what is shown of it, in whatever case."""
        said = (self.short, self.kind, self.masked, self.reason, self.seen, self.by, self.at)
        shown = " ".join(said).casefold()
        return all(word in shown for word in words.casefold().split())


class Allowances:
    """Reads and writes the list; each change is one atomic write."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / "allowed-secrets.json"
        self._clock = clock

    def all(self) -> tuple[Allowance, ...]:
        """Every allowance, oldest first. Raises LocalFault when the file is damaged."""
        with disk_faults("The list of allowed values could not be read"):
            if not self._path.exists():
                return ()
            data = self._path.read_bytes()
        try:
            return tuple(_read(entry) for entry in json.loads(data)["allowed"])
        except (ValueError, KeyError, TypeError) as error:
            raise LocalFault(
                f"The list of allowed values ({self._path.name}) is damaged.",
                kept="Your listings are kept; every such value blocks publishing again.",
                remedy="Move the file aside, then allow the values again.",
            ) from error

    def digests(self) -> frozenset[str]:
        """What ``workflows.inspect`` takes as ``allowed``."""
        return frozenset(allowance.digest for allowance in self.all())

    def allow(
        self, digest: str, kind: str, reason: str, *, masked: str = "", seen: str = ""
    ) -> None:
        """Let a value pass from now on. Raises UsageError without a reason.

        Where it was first seen stays, should it be allowed again with another reason.
        """
        cleaned = reason.strip()[:REASON_MAX]
        if not cleaned:
            raise UsageError("Say why this value is not a secret.")
        known = self.all()
        first = next((one.seen for one in known if one.digest == digest), "")
        new = Allowance(
            digest,
            cleaned,
            kind,
            iso(self._clock.now()),
            masked,
            (first or seen)[:SEEN_MAX],
            account_name(),
        )
        self._write([*(one for one in known if one.digest != digest), new])

    def forget(self, *digests: str) -> None:
        """Let these values block publishing again."""
        self._write([one for one in self.all() if one.digest not in digests])

    def find(self, prefixes: Iterable[str]) -> tuple[Allowance, ...]:
        """The allowances whose digests begin with ``prefixes``, each of at least 8 digits.

        Raises NotFound where nothing does, UsageError for what is no digest or names several.
        """
        known = self.all()
        found = (_named(prefix.strip().lower(), known) for prefix in prefixes)
        return tuple(dict.fromkeys(found))

    def _write(self, allowances: list[Allowance]) -> None:
        content = {"version": 1, "allowed": [asdict(one) for one in allowances]}
        data = json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"
        write_atomically(self._path, data, mode=0o600)


_FIELDS = ("digest", "reason", "kind", "at")
_LATER_FIELDS = ("masked", "seen", "by")


def _read(entry: Mapping[str, Any]) -> Allowance:
    """One entry of the file. Raises KeyError, TypeError or ValueError for what is none."""
    values = [entry[name] for name in _FIELDS] + [entry.get(name, "") for name in _LATER_FIELDS]
    if not all(isinstance(value, str) for value in values):
        raise ValueError("not a text")
    return Allowance(*values)


def _named(prefix: str, known: Iterable[Allowance]) -> Allowance:
    if not _DIGEST.match(prefix) or len(prefix) < SHORTEST_PREFIX:
        raise UsageError(
            f"“{prefix[:80]}” is not a digest: it takes at least {SHORTEST_PREFIX} of its digits.",
            remedy="`koda allowances list` shows them.",
        )
    found = [one for one in known if one.digest.startswith(prefix)]
    if len(found) > 1:
        raise UsageError(
            f"“{prefix}” begins {len(found)} digests.", remedy="Give more digits of the one meant."
        )
    if not found:
        raise NotFound(
            f"No allowed value has a digest that begins with “{prefix}”.",
            remedy="`koda allowances list` shows them.",
        )
    return found[0]
