"""Which column of a file is which of ours: proposed by its header, changed by a person, remembered.

What a person chose is kept by the header it was chosen for, in ``meta``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from koda_desktop.errors import UsageError
from koda_desktop.sync.exchange.columns import (
    GUMROAD,
    KODA,
    LEFT_OUT,
    SHOPIFY,
    Column,
    Reading,
    Use,
    header_key,
)
from koda_desktop.sync.local import meta, save_meta
from koda_desktop.sync.store.database import Db, Tx

_KEY = "import_mapping:"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """``uses[n]`` is what the column ``header[n]`` is for. ``origin`` names whose file it is."""

    header: tuple[str, ...]
    uses: tuple[Use, ...]
    origin: str = "Koda"

    def place(self, column: Column) -> int | None:
        """The number of the column that is used for ``column``."""
        return next((n for n, use in enumerate(self.uses) if use.column is column), None)

    @property
    def joins_variants(self) -> bool:
        """Whether rows without a title go on with the listing of the row before (Shopify)."""
        return self.origin == "Shopify"

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names of the columns that are not used."""
        pairs = zip(self.header, self.uses, strict=True)
        return tuple(name for name, use in pairs if use.column is None)

    def check(self) -> None:
        """Raise UsageError when two columns are used for one, or no listing could be known."""
        used = [use.column for use in self.uses if use.column is not None]
        for column in used:
            if used.count(column) > 1:
                raise UsageError(
                    f"Two columns of the file are used as “{column}”.",
                    remedy="Leave one of them out.",
                )
        if not {Column.ID, Column.HANDLE, Column.TITLE} & set(used):
            raise UsageError(
                "No column says which listing a row is about.",
                remedy="Choose the column with the id, the handle or the title.",
            )


def proposed(header: Sequence[str]) -> ColumnMap:
    """What the columns are by their names: of Koda's own files, Shopify's or Gumroad's."""
    keys = [header_key(name) for name in header]
    origin, known = _origin(set(keys))
    taken: set[Column] = set()
    uses: list[Use] = []
    for key in keys:
        use = known.get(key, LEFT_OUT)
        is_free = use.column is not None and use.column not in taken
        uses.append(use if is_free else LEFT_OUT)
        if use.column is not None:
            taken.add(use.column)
    return ColumnMap(tuple(header), tuple(uses), origin)


def _origin(keys: set[str]) -> tuple[str, Mapping[str, Use]]:
    if keys & {"body_(html)", "variant_price", "option1_name"}:
        return "Shopify", SHOPIFY
    if keys & {"row_hash", "id"} or keys & {"category", "platform", "version"}:
        return "Koda", KODA
    if keys & {"permalink", "custom_permalink", "unique_permalink", "price_cents"}:
        return "Gumroad", GUMROAD
    return "Koda", KODA


def with_uses(begun: ColumnMap, changes: Mapping[str, Use]) -> ColumnMap:
    """``begun`` with other uses for the columns named. Raises UsageError for an unknown name."""
    unknown = [name for name in changes if name not in begun.header]
    if unknown:
        raise UsageError(
            f"The file has no column “{unknown[0]}”.",
            remedy=f"Its columns are: {', '.join(begun.header)}.",
        )
    pairs = zip(begun.header, begun.uses, strict=True)
    uses = tuple(changes.get(name, use) for name, use in pairs)
    return ColumnMap(begun.header, uses, begun.origin)


def remember(tx: Tx, chosen: ColumnMap) -> None:
    """Keep what a person chose for files with this header."""
    uses = [[use.column and use.column.value, use.reading.value] for use in chosen.uses]
    save_meta(tx, _key(chosen.header), json.dumps(uses))


def recalled(db: Db, header: Sequence[str]) -> ColumnMap:
    """What a person chose for this header before, else what is proposed."""
    begun = proposed(header)
    saved = meta(db, _key(header))
    if saved is None:
        return begun
    try:
        uses = tuple(
            Use(Column(name) if name else None, Reading(reading))
            for name, reading in json.loads(saved)
        )
    except (ValueError, TypeError):
        return begun
    return ColumnMap(begun.header, uses, begun.origin) if len(uses) == len(header) else begun


def _key(header: Sequence[str]) -> str:
    names = "\x1f".join(header_key(name) for name in header)
    return _KEY + hashlib.sha256(names.encode("utf-8", "surrogatepass")).hexdigest()[:24]
