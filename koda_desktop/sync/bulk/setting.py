"""Verbs that give a field a value, whatever it was, and those over versions and the archive."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from koda_desktop.errors import InputError
from koda_desktop.models.money import amount_words
from koda_desktop.models.vocabulary import SELLER_FIELDS, is_semver
from koda_desktop.sync.bulk.proposing import BulkRow, EachRow, Proposal, Refusal

SETTABLE = tuple(name for name in SELLER_FIELDS if name != "deletedAt")
"""The fields that can be set; what is archived is restored by a verb of its own."""

_LONG = 40


@dataclass(frozen=True, slots=True)
class SetField(EachRow):
    """The same value for all; it is checked when it is planned."""

    field: str
    value: Any

    def __post_init__(self) -> None:
        if self.field not in SETTABLE:
            raise InputError(f"There is no field {self.field!r}: {', '.join(SETTABLE)}.")

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.field,)

    @property
    def name(self) -> str:
        price = amount_words(self.value) if self.field == "price" else ""
        return f"Set {self.field} to {price or _shown(self.value)}"

    def change(self, row: BulkRow) -> Proposal:
        return {self.field: self.value}


class Part(StrEnum):
    """Which number of a version goes up."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


@dataclass(frozen=True, slots=True)
class BumpVersion(EachRow):
    """The next version, by the rules of Semantic Versioning 2.0.0 (semver.org).

    A pre-release leads to the release it stands before, where that is as high as was asked for.
    """

    part: Part

    reads = ("version",)

    @property
    def name(self) -> str:
        return f"Next {self.part.value} version"

    def change(self, row: BulkRow) -> Proposal:
        version = str(row.fields.get("version") or "")
        if not is_semver(version):
            return Refusal("version", "Its version is not three numbers, so none comes after it.")
        return {"version": bumped(version, self.part)}


def bumped(version: str, part: Part) -> str:
    """The version after ``version``, which must be a semantic one."""
    core, _, before_release = version.partition("+")[0].partition("-")
    major, minor, patch = map(int, core.split("."))
    is_before = bool(before_release)
    match part:
        case Part.MAJOR:
            stays = is_before and minor == 0 and patch == 0
            return f"{major if stays else major + 1}.0.0"
        case Part.MINOR:
            stays = is_before and patch == 0
            return f"{major}.{minor if stays else minor + 1}.0"
        case Part.PATCH:
            return f"{major}.{minor}.{patch if is_before else patch + 1}"


@dataclass(frozen=True, slots=True)
class Archive(EachRow):
    """Taken out of the catalogue at ``moment`` (ISO 8601); what is archived already stays so."""

    moment: str

    reads = ("deletedAt",)
    name = "Archive"

    def change(self, row: BulkRow) -> Proposal:
        return {} if row.fields.get("deletedAt") else {"deletedAt": self.moment}


@dataclass(frozen=True, slots=True)
class Restore(EachRow):
    """Brought back from the archive."""

    reads = ("deletedAt",)
    name = "Restore"

    def change(self, row: BulkRow) -> Proposal:
        return {"deletedAt": None} if row.fields.get("deletedAt") else {}


def _shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return "nothing"
        case list():
            return ", ".join(map(str, value)) or "nothing"
    text = " ".join(str(value).split())
    return f"“{text[:_LONG]}…”" if len(text) > _LONG else f"“{text}”"
