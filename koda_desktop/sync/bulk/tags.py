"""Verbs over tags. Whether a tag is there is asked without case; it is written as it was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koda_desktop.sync.bulk.proposing import BulkRow, EachRow, Proposal


@dataclass(frozen=True, slots=True)
class AddTags(EachRow):
    tags: tuple[str, ...]

    reads = ("tags",)

    @property
    def name(self) -> str:
        return f"Add {_named(self.tags)}"

    def change(self, row: BulkRow) -> Proposal:
        before = _tags(row)
        known = {tag.casefold() for tag in before}
        added = [tag for tag in self.tags if tag.casefold() not in known]
        return {"tags": [*before, *dict.fromkeys(added)]} if added else {}


@dataclass(frozen=True, slots=True)
class RemoveTags(EachRow):
    tags: tuple[str, ...]

    reads = ("tags",)

    @property
    def name(self) -> str:
        return f"Remove {_named(self.tags)}"

    def change(self, row: BulkRow) -> Proposal:
        gone = {tag.casefold() for tag in self.tags}
        before = _tags(row)
        left = [tag for tag in before if tag.casefold() not in gone]
        return {"tags": left} if len(left) != len(before) else {}


@dataclass(frozen=True, slots=True)
class ReplaceTag(EachRow):
    """One tag called otherwise, where it is; two become one where both are there."""

    tag: str
    by: str

    reads = ("tags",)

    @property
    def name(self) -> str:
        return f"Tag “{self.tag}” becomes “{self.by}”"

    def change(self, row: BulkRow) -> Proposal:
        before = _tags(row)
        wanted = self.tag.casefold()
        if wanted not in {tag.casefold() for tag in before}:
            return {}
        renamed = [self.by if tag.casefold() == wanted else tag for tag in before]
        return {"tags": list(dict.fromkeys(renamed))}


def _tags(row: BulkRow) -> Sequence[str]:
    found = row.fields.get("tags")
    return [str(tag) for tag in found] if isinstance(found, list) else []


def _named(tags: Sequence[str]) -> str:
    quoted = ", ".join(f"“{tag}”" for tag in tags)
    return f"tag {quoted}" if len(tags) == 1 else f"tags {quoted}"
