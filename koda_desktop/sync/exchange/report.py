"""The rows that were not taken in, with the reasons: to be corrected and fed in again."""

from __future__ import annotations

from pathlib import Path

from koda_desktop.sync.exchange.columns import Column, header_key
from koda_desktop.sync.exchange.plan import WHOLE_ROW, Plan, PlanRow
from koda_desktop.tables.rows import Format
from koda_desktop.tables.writing import write_table


def write_report(plan: Plan, path: Path) -> int:
    """Write the refused and conflicting rows to ``path`` as CSV; answers how many.

    They have the columns of the file, as they stood there, and ``error`` behind them. The mark at
    its beginning has spreadsheets read it as UTF-8. Raises DiskFull, NoRights or LocalFault.
    """
    header = plan.columns.header
    kept = [n for n, name in enumerate(header) if header_key(name) != Column.ERROR.value]
    names = [*(header[n] for n in kept), Column.ERROR.value]
    count = 0
    with write_table(path, Format.CSV, names, mark=True) as writer:
        for row, cells in plan.faulty():
            writer.write([*(cells[n] for n in kept), reason_of(row)])
            count += 1
    return count


def reason_of(row: PlanRow) -> str:
    """Why a row was not taken, in one line."""
    return " ".join(
        sentence if name == WHOLE_ROW else f"{name}: {sentence}"
        for name, sentence in row.reasons.items()
    )
