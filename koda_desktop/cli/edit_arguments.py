"""The options of the commands that change listings and take that back."""

from __future__ import annotations

import argparse
from typing import Any


def add_edit_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands to the command line's parser."""
    for add in (_edit, _undo, _redo, _history):
        add(commands, common)


def _edit(commands: Any, common: argparse.ArgumentParser) -> None:
    edit = commands.add_parser(
        "edit",
        parents=[common],
        help="change one listing, or many at once",
        description="SELECTOR is the id of a listing, or says which as in the search field: words, "
        "tag:n8n, price:<20. What is given is done in the order of this help, as one change set, "
        "which `koda undo` takes back. More than one listing is changed only with --yes, or when "
        "asked.",
    )
    edit.add_argument("selector", nargs="+", metavar="SELECTOR")
    for add in (_setting, _prices, _tags, _words, _others):
        add(edit)
    edit.add_argument("--dry-run", action="store_true", help="only show what would change")
    edit.add_argument("--yes", action="store_true", help="change many without asking")


def _setting(edit: argparse.ArgumentParser) -> None:
    edit.add_argument(
        "--set",
        dest="changes",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="title, description, price, category, tags, platform, version, active, "
        "previewImageUrl, metadata",
    )


def _prices(edit: argparse.ArgumentParser) -> None:
    edit.add_argument("--percent", metavar="N", help="prices plus N percent; -10 lowers them")
    edit.add_argument("--amount", metavar="N", help="prices plus N euros; -1.50 lowers them")
    edit.add_argument("--round", metavar=".99", help="to the nearest price that ends like that")


def _tags(edit: argparse.ArgumentParser) -> None:
    for option, words in (("--add-tag", "add this tag"), ("--remove-tag", "remove this tag")):
        edit.add_argument(option, action="append", default=[], metavar="TAG", help=words)
    edit.add_argument(
        "--rename-tag", action="append", default=[], metavar="TAG=NEW", help="call a tag otherwise"
    )


def _words(edit: argparse.ArgumentParser) -> None:
    edit.add_argument("--find", metavar="TEXT", help="replace these words")
    edit.add_argument("--replace", metavar="TEXT", help="by these; with --regex \\1 is a group")
    edit.add_argument("--regex", action="store_true", help="--find is a regular expression")
    edit.add_argument("--ignore-case", action="store_true")
    edit.add_argument("--whole-words", action="store_true")
    edit.add_argument(
        "--in",
        dest="places",
        default="title",
        metavar="FIELD,FIELD",
        help="title, description, tags (default: title)",
    )


def _others(edit: argparse.ArgumentParser) -> None:
    edit.add_argument("--bump", choices=["major", "minor", "patch"], help="the next version")
    edit.add_argument(
        "--attach",
        metavar="DIR/PATTERN",
        help="give each the file of DIR that the pattern means for it, as in "
        "'exports/{title}.json' or 'exports/*{id}*'",
    )
    edit.add_argument(
        "--duplicate", action="store_true", help="make a new draft of each; nothing else is changed"
    )
    edit.add_argument(
        "--rescan",
        action="store_true",
        help="look at the file of each again with what is known of secrets today; no listing is "
        "changed, and one that is not published yet stays back if there are any",
    )
    archive = edit.add_mutually_exclusive_group()
    archive.add_argument("--archive", action="store_true", help="take out of the catalogue")
    archive.add_argument("--restore", action="store_true", help="bring back from the archive")
    edit.add_argument(
        "--preview",
        metavar="PICTURE|workflow|none",
        help="of one draft: the picture buyers see (PNG, JPEG or WebP), the workflow’s own, or "
        "none",
    )


def _undo(commands: Any, common: argparse.ArgumentParser) -> None:
    undo = commands.add_parser(
        "undo",
        parents=[common],
        help="take back a change set: the last one, or that of ID",
        description="What was changed since, here or in the marketplace, stays as it is and is "
        "named; the exit code is 1 then. Change sets are kept for 30 days.",
    )
    undo.add_argument("id", nargs="?", type=int, metavar="ID", help="as `koda history` lists it")
    undo.add_argument(
        "--anyway",
        action="store_true",
        help="set back what was changed since ID, which an undo leaves as it is",
    )


def _redo(commands: Any, common: argparse.ArgumentParser) -> None:
    commands.add_parser("redo", parents=[common], help="do again what was undone last")


def _history(commands: Any, common: argparse.ArgumentParser) -> None:
    history = commands.add_parser(
        "history",
        parents=[common],
        help="list what was done in the last 30 days, or one change set of it",
    )
    history.add_argument("id", nargs="?", type=int, metavar="ID", help="show that one’s listings")
    history.add_argument("--limit", type=int, default=50, metavar="N", help="at the most N")
