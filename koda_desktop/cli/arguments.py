"""What can be typed after ``koda``: the options of every command, in one place."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from koda_desktop import __version__
from koda_desktop.cli.edit_arguments import add_edit_commands
from koda_desktop.cli.exchange_arguments import add_exchange_commands
from koda_desktop.cli.file_arguments import add_file_commands, add_files, add_keep
from koda_desktop.cli.money_arguments import add_money_commands
from koda_desktop.cli.work_arguments import add_work_commands
from koda_desktop.models.vocabulary import Category


def build_parser() -> argparse.ArgumentParser:
    """The whole command line. Global options may stand before or after the command."""
    parser = argparse.ArgumentParser(
        prog="koda",
        description="Check, package, publish and manage automation workflows.",
        epilog="koda COMMAND --help tells more. Exit codes: 0 done, 1 refused or failed, 2 used "
        "wrongly.",
    )
    parser.add_argument("--version", action="version", version=f"koda {__version__}")
    _globals(parser, is_main=True)
    common = argparse.ArgumentParser(add_help=False)
    _globals(common, is_main=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    makers = (
        add_file_commands,
        _allowances,
        _drafting,
        _listings,
        add_edit_commands,
        add_exchange_commands,
        add_work_commands,
        add_money_commands,
        _workspaces,
        _operators,
    )
    for add in makers:
        add(commands, common)
    return parser


def _globals(parser: argparse.ArgumentParser, *, is_main: bool) -> None:
    """The options of every command. After a command they have no default, so that one given
    before the command is not reset."""

    def default(value: Any) -> Any:
        return value if is_main else argparse.SUPPRESS

    group = parser.add_argument_group("global options")
    group.add_argument(
        "--data-dir", type=Path, metavar="DIR", default=default(None), help="keep everything in DIR"
    )
    group.add_argument(
        "--workspace",
        metavar="NAME",
        default=default(None),
        help="the marketplace to work with (default: the one in use)",
    )
    group.add_argument(
        "--offline",
        action="store_true",
        default=default(False),
        help="use no network, only queue (also KODA_OFFLINE=1)",
    )
    group.add_argument(
        "--json",
        action="store_true",
        default=default(False),
        help="print JSON Lines; progress goes to standard error",
    )


def _allowances(commands: Any, common: argparse.ArgumentParser) -> None:
    allowances = commands.add_parser(
        "allowances",
        parents=[common],
        help="values that look like secrets and were said to be none",
    )
    actions = allowances.add_subparsers(dest="action", metavar="ACTION", required=True)
    listed = actions.add_parser("list", parents=[common], help="list them, masked")
    listed.add_argument("--query", default="", help="words to look for")
    remove = actions.add_parser(
        "remove",
        parents=[common],
        help="let values block publishing again",
        description="Withdraw allowances. Files that hold such a value are blocked again.",
    )
    remove.add_argument(
        "digests", nargs="+", metavar="DIGEST", help="the first 8 digits or more, as listed"
    )


def _drafting(commands: Any, common: argparse.ArgumentParser) -> None:
    draft = commands.add_parser("draft", parents=[common], help="make drafts of workflow files")
    add_files(draft)
    add_keep(draft)
    draft.add_argument("--price", required=True, help="in euros, for example 9.99; 0 is free")
    draft.add_argument("--category", required=True, choices=[item.value for item in Category])
    draft.add_argument("--title", help="for a single file; proposed from the file otherwise")
    draft.add_argument("--description")
    draft.add_argument("--tags", metavar="TAG,TAG", help="separated by commas")
    draft.add_argument("--set-version", dest="listing_version", metavar="1.0.0")
    draft.add_argument(
        "--preview",
        metavar="PICTURE|none",
        default="workflow",
        help="the picture buyers see (PNG, JPEG or WebP) instead of the workflow’s own, or none",
    )
    publish = commands.add_parser("publish", parents=[common], help="publish drafts")
    publish.add_argument("ids", nargs="*", metavar="ID")
    publish.add_argument("--all", action="store_true", help="every draft that is not queued yet")
    sync = commands.add_parser("sync", parents=[common], help="send what waits, fetch what changed")
    sync.add_argument(
        "--watch",
        action="store_true",
        help="keep running and print a line for each thing that happens, until Ctrl+C",
    )


def _listings(commands: Any, common: argparse.ArgumentParser) -> None:
    listings = commands.add_parser(
        "listings",
        parents=[common],
        help="list listings",
        description="QUERY says which, as in the search field: words, tag:n8n, price:<20, "
        "archived:yes. Archived listings are left out unless archived: or an id asks for them.",
    )
    listings.add_argument("query", nargs="*", metavar="QUERY")
    listings.add_argument("--limit", type=int, metavar="N", help="at the most N")
    show = commands.add_parser("show", parents=[common], help="show one listing")
    show.add_argument("id", metavar="ID")


def _workspaces(commands: Any, common: argparse.ArgumentParser) -> None:
    workspace = commands.add_parser("workspace", parents=[common], help="manage marketplaces")
    actions = workspace.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser(
        "add",
        parents=[common],
        help="add a marketplace",
        description="Words after add: a kind (sandbox, direct, offline), a name, or both.",
    )
    add.add_argument("words", nargs="*", metavar="[KIND] NAME")
    add.add_argument("--kind", choices=["sandbox", "direct", "offline"])
    add.add_argument("--mongodb-uri", metavar="URI", help="or KODA_MONGODB_URI, which is not kept")
    for option in ("--database", "--s3-endpoint", "--bucket", "--region", "--user-id"):
        add.add_argument(option, default="")
    add.add_argument("--stripe-api-base", default="", metavar="URL")
    actions.add_parser("list", parents=[common], help="list the marketplaces")
    for action in ("use", "remove"):
        actions.add_parser(action, parents=[common]).add_argument("name", metavar="NAME")


def _operators(commands: Any, common: argparse.ArgumentParser) -> None:
    admin = commands.add_parser("admin", parents=[common], help="for operators of a marketplace")
    actions = admin.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("init", parents=[common], help="create the database’s missing indexes")
    commands.add_parser("doctor", parents=[common], help="check this computer and the marketplace")
