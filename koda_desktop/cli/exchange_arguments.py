"""The options of the commands about files of listings and folders: export, import, push."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from koda_desktop.cli.file_arguments import add_keep


def add_exchange_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands to the command line's parser."""
    for add in (_export, _import, _push):
        add(commands, common)


def _export(commands: Any, common: argparse.ArgumentParser) -> None:
    export = commands.add_parser(
        "export",
        parents=[common],
        help="write listings to a CSV, JSON Lines or XLSX file",
        description="SELECTOR says which, as in the search field: words, tag:n8n, price:<20. "
        "Without one, all.",
    )
    export.add_argument("selector", nargs="*", metavar="SELECTOR")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    export.add_argument(
        "--format", choices=["csv", "jsonl", "xlsx"], help="(default: by the name of FILE)"
    )
    export.add_argument("--columns", metavar="NAME,NAME", help="only these, in this order")
    export.add_argument(
        "--bom", action="store_true", help="begin a CSV file as Excel needs it to read UTF-8"
    )


def _import(commands: Any, common: argparse.ArgumentParser) -> None:
    made = commands.add_parser(
        "import",
        parents=[common],
        help="take in listings from a CSV, JSON Lines or XLSX file",
        description="A row is about the listing with its id, else its handle, else its title. "
        "Blank cells and absent columns change nothing; \\clear empties. All changes are one "
        "change set, which `koda undo` takes back.",
    )
    made.add_argument("file", type=Path, metavar="FILE")
    made.add_argument("--dry-run", action="store_true", help="only show what would change")
    made.add_argument(
        "--map",
        dest="uses",
        action="append",
        default=[],
        metavar="HEADER=COLUMN",
        help="what a column is for: a column of Koda’s, with :html, :on-sale or :cents behind it "
        "where its cells are that; nothing behind the = leaves it out. Remembered",
    )
    made.add_argument("--sheet", default="", metavar="NAME", help="of a workbook")
    made.add_argument(
        "--report", type=Path, metavar="CSV", help="write the rows that are not taken in there"
    )
    made.add_argument(
        "--rows",
        type=int,
        default=20,
        metavar="N",
        help="show N rows of each kind (default: 20; --json shows all)",
    )


def _push(commands: Any, common: argparse.ArgumentParser) -> None:
    push = commands.add_parser(
        "push",
        parents=[common],
        help="make the listings what a folder of workflow files says",
        description="New files become drafts, changed files of drafts take the place of the old "
        "ones; nothing is published. Files are told by their bytes and by what their workflows do, "
        "not by names or times. koda-shop.csv in the folder, where there is one, gives prices and "
        "other fields by file_path. All changes are one change set, which `koda undo` takes back.",
    )
    push.add_argument("folder", type=Path, metavar="DIR")
    push.add_argument("--dry-run", action="store_true", help="only show what would change")
    push.add_argument(
        "--deactivate-gone",
        action="store_true",
        help="take published listings off sale whose files are gone",
    )
    add_keep(push)
