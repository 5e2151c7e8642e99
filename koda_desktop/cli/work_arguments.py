"""The options of the commands about work that waits, and about files that are sent and fetched."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from koda_desktop.cli.file_arguments import add_keep, add_platform


def add_work_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands to the command line's parser."""
    for add in (_transfers, _download, _conflicts, _activity, _revise, _versions):
        add(commands, common)


def _transfers(commands: Any, common: argparse.ArgumentParser) -> None:
    transfers = commands.add_parser(
        "transfers",
        parents=[common],
        help="show and steer uploads and downloads",
        description="Without an action, the transfers under way and those that ended last.",
    )
    actions = transfers.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", parents=[common], help="list them")
    for action, words in (
        ("pause", "stop transfers until they are resumed"),
        ("resume", "let paused transfers go on"),
        ("cancel", "stop transfers; the listing of an upload becomes a draft again"),
        ("retry", "send or fetch stopped transfers again"),
    ):
        made = actions.add_parser(action, parents=[common], help=words)
        made.add_argument("ids", nargs="+", metavar="ID", help="its id, or the beginning of it")
    priority = actions.add_parser("priority", parents=[common], help="change the order")
    priority.add_argument("ids", nargs=1, metavar="ID")
    priority.add_argument("priority", choices=["first", "normal", "last"])
    limit = actions.add_parser("limit", parents=[common], help="show or set the speed limit")
    limit.add_argument(
        "speed", nargs="?", metavar="SPEED", help="for example 500KB/s or 2MB/s; none for no limit"
    )


def _download(commands: Any, common: argparse.ArgumentParser) -> None:
    download = commands.add_parser(
        "download", parents=[common], help="fetch the file of a published listing"
    )
    download.add_argument("id", metavar="ID")
    download.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="the folder (default: this one)"
    )


def _conflicts(commands: Any, common: argparse.ArgumentParser) -> None:
    conflicts = commands.add_parser(
        "conflicts",
        parents=[common],
        help="show and settle what was changed here and in the marketplace",
        description="Without an action, every field in conflict.",
    )
    actions = conflicts.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", parents=[common], help="list them")
    show = actions.add_parser("show", parents=[common], help="the values of one listing’s fields")
    show.add_argument("id", metavar="ID")
    resolve = actions.add_parser(
        "resolve",
        parents=[common],
        help="choose a value",
        description="Settles one field, all fields of a listing, or with --all every conflict.",
    )
    resolve.add_argument("id", nargs="?", metavar="ID")
    resolve.add_argument("field", nargs="?", metavar="FIELD")
    resolve.add_argument("--all", action="store_true", help="every field in conflict")
    choice = resolve.add_mutually_exclusive_group(required=True)
    choice.add_argument("--mine", action="store_true", help="the value written here")
    choice.add_argument("--theirs", action="store_true", help="the marketplace’s value")
    choice.add_argument("--both", action="store_true", help="tags united, one text after the other")
    choice.add_argument("--value", metavar="V", help="another value")
    actions.add_parser(
        "undo", parents=[common], help="open again what was settled last and has not gone out"
    )


def _activity(commands: Any, common: argparse.ArgumentParser) -> None:
    activity = commands.add_parser(
        "activity",
        parents=[common],
        help="show what will go out, in order, and hold or drop it",
        description="ID is a listing’s or an operation’s, or the beginning of it. Holding and "
        "releasing are for all work of the listing.",
    )
    activity.add_argument("--held", action="store_true", help="only what is held back")
    activity.add_argument(
        "--done", type=int, default=0, metavar="N", help="the last N that went out"
    )
    doing = activity.add_mutually_exclusive_group()
    for option, words in (
        ("--hold", "keep it here until it is released"),
        ("--release", "let it go"),
        ("--drop", "take it out before it goes; a dropped change is lost"),
    ):
        doing.add_argument(option, action="append", metavar="ID", help=words)
    doing.add_argument("--pause", action="store_true", help="send nothing more")
    doing.add_argument("--resume", action="store_true", help="send again")


def _revise(commands: Any, common: argparse.ArgumentParser) -> None:
    revise = commands.add_parser(
        "revise",
        parents=[common],
        help="give a listing another file",
        description="A published listing gets the file and its new version with the next sync; "
        "buyers of the earlier one keep it. The version and the changelog are proposed from what "
        "changed in the workflow.",
        epilog="Example: koda revise 65f0 export.json --set-version 2.0.0",
    )
    revise.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    revise.add_argument("file", type=Path, metavar="FILE")
    revise.add_argument("--set-version", dest="listing_version", metavar="1.1.0")
    revise.add_argument("--changelog", metavar="TEXT", help="what changed, for your own records")
    revise.add_argument("--dry-run", action="store_true", help="only show what is proposed")
    add_platform(revise)
    add_keep(revise)


def _versions(commands: Any, common: argparse.ArgumentParser) -> None:
    versions = commands.add_parser(
        "versions",
        parents=[common],
        help="show the versions of a listing’s file that are known here",
    )
    versions.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    versions.add_argument("--back", metavar="1.0.0", help="give the listing that version’s file")
