"""The migration that keeps sums of sales beside the sales.

Two tables hold what paid sales come to, so that a page adds up thousands of rows and not every
sale there ever was: ``sale_hour`` of each hour, ``sale_product_day`` of each product on each day,
hours and days counted in UTC since 1970. Triggers keep them in the transaction that changes a row:
what the row held is taken off, what it holds is added, and a sum of nothing is removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HOUR_SECONDS = 3_600
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class _Rollup:
    """A table of sums: its key, as SQL over a row of ``source``, and the amounts it adds up."""

    table: str
    source: str
    keys: Sequence[tuple[str, str]]
    watched: Sequence[str]
    """What of a row the key is made of."""
    counted: str
    amounts: Sequence[str]

    @property
    def columns(self) -> list[str]:
        return [self.counted, *self.amounts]

    def added(self, row: str, sign: str) -> str:
        """SQL that adds ``row`` (``new`` or ``old``), or takes it off."""
        names = ", ".join([name for name, _ in self.keys] + self.columns)
        key = ", ".join(expression.format(row=f"{row}.") for _, expression in self.keys)
        amounts = ", ".join(f"{sign}coalesce({row}.{one}, 0)" for one in self.amounts)
        conflict = ", ".join(name for name, _ in self.keys)
        sums = ", ".join(f"{one} = {one} + excluded.{one}" for one in self.columns)
        return (
            f"INSERT INTO {self.table}({names}) SELECT {key}, {sign}1, {amounts}"
            f" WHERE {row}.paid_at IS NOT NULL ON CONFLICT({conflict}) DO UPDATE SET {sums};"
        )

    def emptied(self) -> str:
        """SQL that removes the sum that the old row was in, once nothing is in it."""
        same = " AND ".join(f"{name} = {sql.format(row='old.')}" for name, sql in self.keys)
        return f"DELETE FROM {self.table} WHERE {same} AND {self.counted} = 0;"

    def sql(self) -> str:
        """The table, what is in it from the start, and its triggers."""
        text = {"currency", "product"}
        kinds = [(name, "TEXT" if name in text else "INTEGER") for name, _ in self.keys]
        kinds += [(name, "INTEGER") for name in self.columns]
        columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in kinds)
        primary = ", ".join(name for name, _ in self.keys)
        key = ", ".join(expression.format(row="") for _, expression in self.keys)
        sums = ", ".join(f"coalesce(sum({one}), 0)" for one in self.amounts)
        changed = ", ".join([*self.watched, *self.amounts])
        return f"""
CREATE TABLE {self.table}({columns}, PRIMARY KEY({primary})) WITHOUT ROWID;
INSERT INTO {self.table} SELECT {key}, count(*), {sums} FROM {self.source}
  WHERE paid_at IS NOT NULL GROUP BY {key};
CREATE TRIGGER {self.table}_insert AFTER INSERT ON {self.source} BEGIN
  {self.added("new", "")}
END;
CREATE TRIGGER {self.table}_update AFTER UPDATE OF {changed} ON {self.source} BEGIN
  {self.added("old", "-")}
  {self.added("new", "")}
  {self.emptied()}
END;
CREATE TRIGGER {self.table}_delete AFTER DELETE ON {self.source} BEGIN
  {self.added("old", "-")}
  {self.emptied()}
END;
"""


_AMOUNTS = ("units", "gross", "fee", "refunded", "fee_refunded")
_HOURS = _Rollup(
    "sale_hour",
    "sale",
    (("currency", "{row}currency"), ("hour", f"{{row}}paid_at / {HOUR_SECONDS}")),
    ("currency", "paid_at"),
    "orders",
    (*_AMOUNTS, "processing"),
)
_PRODUCTS = _Rollup(
    "sale_product_day",
    "sale_line",
    (
        ("currency", "{row}currency"),
        ("product", "{row}product"),
        ("day", f"{{row}}paid_at / {DAY_SECONDS}"),
    ),
    ("currency", "product", "paid_at"),
    "lines",
    _AMOUNTS,
)

_PLACED = """
DROP INDEX sale_placed;
CREATE INDEX sale_placed ON sale(placed_at);
"""
"""Read backwards it has the newest order first, and of two of one second the later one: sorting by
it sorts nothing."""

SALE_SUMS = _HOURS.sql() + _PRODUCTS.sql() + _PLACED
