"""The next version of a listing, proposed from what changed between two files.

SemVer (semver.org, 2.0.0) read for automations: whoever has to set something up again, because it
starts otherwise or wants another account, gets a new major version; whose steps do something else
or are wired otherwise, a minor one; texts, places and parameters make a patch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from koda_desktop.workflows.comparing import Comparison, Difference, compare
from koda_desktop.workflows.inspection import Inspection
from koda_desktop.workflows.texts import counted, sentence_list

_SEMVER = re.compile(
    r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})"
    r"(-[0-9A-Za-z-]{1,60}(?:\.[0-9A-Za-z-]{1,60}){0,20})?"
    r"(?:\+[0-9A-Za-z-]{1,60}(?:\.[0-9A-Za-z-]{1,60}){0,20})?\Z",
    re.ASCII,
)
_MOST_LISTED = 6


class Level(IntEnum):
    """How much of a version number a change moves."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Bump(NamedTuple):
    """The proposed ``version`` and why: sentences, the gravest change first."""

    version: str
    reasons: tuple[str, ...]
    level: Level


def propose_bump(old: Inspection, new: Inspection, version: str | None = None) -> Bump:
    """The version after ``version`` (that of ``old`` by default) if ``new`` replaces ``old``.

    Raises ValueError where ``version`` is no SemVer.
    """
    current = version or old.proposal.version
    if _is_identical(old, new):
        return Bump(bumped(current, Level.NONE), ("The file is the same.",), Level.NONE)
    comparison = compare(old, new)
    major = tuple(_major(old, new, comparison))
    minor = tuple(_minor(old, new, comparison))
    if major:
        return Bump(bumped(current, Level.MAJOR), major + minor, Level.MAJOR)
    if minor:
        return Bump(bumped(current, Level.MINOR), minor, Level.MINOR)
    return Bump(bumped(current, Level.PATCH), (_small(comparison),), Level.PATCH)


def bumped(version: str, level: Level) -> str:
    """``version`` moved by ``level``. A pre-release becomes its release where that is enough.

    Build metadata is dropped. Raises ValueError where ``version`` is no SemVer.
    """
    match = _SEMVER.match(version)
    if not match:
        raise ValueError(f"{version!r} is no semantic version such as 1.4.0")
    major, minor, patch = int(match[1]), int(match[2]), int(match[3])
    if level is Level.NONE:
        return version
    if match[4] and level <= _settled(minor, patch):
        return f"{major}.{minor}.{patch}"
    if level is Level.MAJOR:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if level is Level.MINOR else f"{major}.{minor}.{patch + 1}"


def _settled(minor: int, patch: int) -> Level:
    """The change a pre-release of this number announces already."""
    if patch:
        return Level.PATCH
    return Level.MINOR if minor else Level.MAJOR


def _is_identical(old: Inspection, new: Inspection) -> bool:
    if old.platform != new.platform:
        return False
    if old.packaged and new.packaged:
        return old.packaged.sha256 == new.packaged.sha256
    return bool(old.sha256) and old.sha256 == new.sha256


def _major(old: Inspection, new: Inspection, comparison: Comparison) -> Iterator[str]:
    if comparison.platform:
        was, now = comparison.platform
        yield f"It runs on {now} where it ran on {was}."
    if comparison.triggers:
        yield f"It starts otherwise: {_told(comparison.triggers)}."
    elif _trigger_types(old) != _trigger_types(new):
        yield "It starts with another kind of trigger step."
    if comparison.credentials:
        yield f"Buyers set up other accounts or keys: {_told(comparison.credentials)}."


def _minor(old: Inspection, new: Inspection, comparison: Comparison) -> Iterator[str]:
    if comparison.packages:
        yield f"It needs other packages: {_told(comparison.packages)}."
    if old.platform_version != new.platform_version:
        yield f"It needs {new.platform_version or 'no particular version'} to run on."
    if old.fingerprint == new.fingerprint or _is_opaque(new):
        return
    found = tuple(_of_the_graph(comparison))
    yield from found or ("The steps do something else than before.",)


def _of_the_graph(comparison: Comparison) -> Iterator[str]:
    if comparison.added:
        yield f"{counted(len(comparison.added), 'step')} added."
    if comparison.removed:
        yield f"{counted(len(comparison.removed), 'step')} removed."
    replaced = sum(change.type is not None for change in comparison.changed)
    if replaced:
        yield f"{counted(replaced, 'step')} replaced by another type."
    switched = sum(change.disabled is not None for change in comparison.changed)
    if switched:
        yield f"{counted(switched, 'step')} switched on or off."
    rewired = len(comparison.edges_added) + len(comparison.edges_removed)
    if rewired and not (comparison.added or comparison.removed):
        yield f"{counted(rewired, 'connection')} changed."


def _is_opaque(inspection: Inspection) -> bool:
    """Whether only the hash of the file stands for what it does."""
    return inspection.fingerprint == inspection.sha256


def _trigger_types(inspection: Inspection) -> frozenset[str]:
    return frozenset(node.type for node in inspection.graph.nodes if node.is_trigger)


def _small(comparison: Comparison) -> str:
    changed = sum(bool(change.settings) for change in comparison.changed)
    if changed:
        return f"Parameters of {counted(changed, 'step')} changed; the steps are the same."
    return "Only texts, places or values changed; it does the same steps."


def _told(difference: Difference) -> str:
    parts = []
    if difference.added:
        parts.append(f"{sentence_list(difference.added, _MOST_LISTED)} new")
    if difference.removed:
        parts.append(f"{sentence_list(difference.removed, _MOST_LISTED)} gone")
    return ", ".join(parts)
