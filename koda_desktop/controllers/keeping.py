"""What a seller keeps of what could be removed: from one click to the next, and remembered."""

from __future__ import annotations

from collections.abc import Iterable

from koda_desktop.controllers.intake_state import IntakeFile
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.runtime.settings import KEPT_REMOVALS
from koda_desktop.workflows.kept import Kept
from koda_desktop.workflows.removal_kinds import OPTIONAL


class Keeping:
    """The kinds that are kept in every file added from now on: nothing, until a person says so.

    A kind belongs to one platform, so remembering it touches no file of another.
    """

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self._kinds = remembered_kinds(preferences)
        preferences.changed.connect(self._read_again)

    def _read_again(self, key: str) -> None:
        """What was remembered can be forgotten in Settings, too."""
        if key == KEPT_REMOVALS.key:
            self._kinds = remembered_kinds(self._preferences)

    @property
    def kinds(self) -> frozenset[str]:
        return self._kinds

    def remember(self, kind: str, remembered: bool) -> None:
        """Keep ``kind`` from now on, or no longer."""
        self._kinds = _known(self._kinds | {kind} if remembered else self._kinds - {kind})
        self._preferences.choose(KEPT_REMOVALS, " ".join(sorted(self._kinds)))


def remembered_kinds(preferences: Preferences) -> frozenset[str]:
    """The kinds a person had remembered."""
    return _known(preferences.text(KEPT_REMOVALS).split())


def remembered_words(preferences: Preferences) -> str:
    """``UI hints (Make), Schedule (Make)``; empty where nothing is remembered."""
    kinds = remembered_kinds(preferences)
    found = (option for kind, option in OPTIONAL.items() if kind in kinds)
    return ", ".join(f"{option.title} ({option.platform})" for option in found)


def _known(kinds: Iterable[str]) -> frozenset[str]:
    """Those that can be kept at all: a settings file may hold anything."""
    wanted = set(kinds)
    return frozenset(kind.value for kind in OPTIONAL if kind in wanted)


def with_kind(kept: Kept, kind: str, keep: bool) -> Kept:
    """``kept`` with all of ``kind``, or with nothing of it."""
    places = frozenset(place for place in kept.places if place[0] != kind)
    return Kept(kept.kinds | {kind} if keep else kept.kinds - {kind}, places)


def with_place(file: IntakeFile, kind: str, where: str, keep: bool) -> Kept:
    """What ``file`` keeps with one place more or less; all places of a kind are the whole kind."""
    listed = {line.where for line in file.removals if line.is_optional and line.kind == kind}
    before = file.kept
    of_kind = (
        listed
        if kind in before.kinds
        else {place for found, place in before.places if found == kind}
    )
    wanted = of_kind | {where} if keep else of_kind - {where}
    if wanted >= listed:
        return with_kind(before, kind, keep=True)
    places = frozenset((kind, place) for place in wanted)
    bare = with_kind(before, kind, keep=False)
    return Kept(bare.kinds, bare.places | places)
