"""The options of the commands that work on files: check, scrub, pack, draw, diff."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from koda_desktop.models.vocabulary import Platform
from koda_desktop.workflows.kept import Kept
from koda_desktop.workflows.removal_kinds import OPTIONAL, RemovalKind, optional_kind


def add_file_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add each command to ``commands``; ``common`` holds the global options."""
    for add in (_check, _scrub, _pack, _draw, _diff):
        add(commands, common)


def add_files(parser: argparse.ArgumentParser, *, folders: bool = False) -> None:
    """The files, and the platform chosen by hand."""
    parser.add_argument("files", nargs="+", type=Path, metavar="PATH" if folders else "FILE")
    add_platform(parser)


def add_platform(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--platform",
        choices=[item.value for item in Platform],
        help="read the files as this platform’s instead of detecting it from their content",
    )


def add_keep(parser: argparse.ArgumentParser) -> None:
    """What the seller keeps of what would be removed."""
    parser.add_argument(
        "--keep", action="extend", type=_kinds, default=[], metavar="KIND",
        help="keep an optional removal; may be repeated: " + ", ".join(OPTIONAL),
    )  # fmt: skip


def _kinds(text: str) -> list[RemovalKind]:
    """Kinds separated by commas."""
    try:
        return [optional_kind(word.strip()) for word in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def kept(options: argparse.Namespace) -> Kept:
    """What ``--keep`` asks for."""
    return Kept(frozenset(options.keep))


def _check(commands: Any, common: argparse.ArgumentParser) -> None:
    check = _command(
        commands, common, "check", "report on workflow files and folders",
        "Report on each file: platform, problems, secrets, and what a package would leave out. "
        "Folders are searched; hidden folders, __pycache__ and links to folders are left out. "
        "A folder with nothing to look at fails, as does a file that cannot be read.",
        "koda check exports --fail-on warnings --sarif koda.sarif",
    )  # fmt: skip
    add_files(check, folders=True)
    add_keep(check)
    check.add_argument(
        "--fail-on",
        choices=["errors", "warnings", "secrets"],
        default="errors",
        help="exit with 1 when a file cannot be published (errors, the default), has so much as "
        "a warning (warnings), or only when it holds a secret (secrets)",
    )
    check.add_argument(
        "--sarif", type=Path, metavar="FILE", help="also write SARIF 2.1.0, for build servers; "
        "- writes it to standard output instead of the report",
    )  # fmt: skip
    check.add_argument(
        "--removals", action="store_true", help="note in the SARIF what a package leaves out, too"
    )
    check.add_argument(
        "--jobs", type=_jobs, metavar="N", help="look at N files at once (default: as many as "
        "there are processors, when there is enough to do)",
    )  # fmt: skip


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {_MOST_JOBS}")
    return int(text)


_MOST_JOBS = 64


def _scrub(commands: Any, common: argparse.ArgumentParser) -> None:
    scrub = _command(
        commands, common, "scrub", "write workflows without your instance’s data",
        "Write each workflow without what belongs to your own instance: ids, connections, "
        "webhooks, sample data. Steps and their connections stay as they are. What was taken "
        "out is listed. A file that holds a secret is refused.",
        "koda scrub export.json --out clean.json",
    )  # fmt: skip
    add_files(scrub)
    add_keep(scrub)
    scrub.add_argument(
        "--out", metavar="FILE|FOLDER", help="where to write; a folder for several files"
    )
    scrub.add_argument("--in-place", action="store_true", help="write over the files themselves")
    scrub.add_argument(
        "--dry-run", action="store_true", help="only list what would be taken out, write nothing"
    )


def _pack(commands: Any, common: argparse.ArgumentParser) -> None:
    pack = _command(
        commands, common, "pack", "write the packages that would be uploaded",
        "Write the package of each file as it would be uploaded, under its listing’s name. "
        "Files that cannot be published are refused.",
        "koda pack export.json --out packages",
    )  # fmt: skip
    add_files(pack)
    add_keep(pack)
    pack.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where to write")


def _draw(commands: Any, common: argparse.ArgumentParser) -> None:
    draw = _command(
        commands, common, "draw", "draw the graphs of workflows",
        "Draw the graph of each workflow as SVG or PNG. The picture shows the names of steps "
        "and apps and the beginnings of notes, never a parameter.",
        "koda draw export.json --out graph.png --dark --size card",
    )  # fmt: skip
    add_files(draw)
    draw.add_argument(
        "--out", required=True, metavar="FILE|FOLDER",
        help="graph.svg or graph.png, or a folder for several pictures",
    )  # fmt: skip
    draw.add_argument(
        "--format", choices=["svg", "png"], help="what to write into a folder (default: svg)"
    )
    draw.add_argument("--dark", action="store_true", help="in the dark colours")
    draw.add_argument(
        "--size", choices=["thumb", "card", "full"],
        help="of a PNG: 320 × 200, 800 × 500, or the whole graph (default)",
    )  # fmt: skip


def _diff(commands: Any, common: argparse.ArgumentParser) -> None:
    diff = _command(
        commands, common, "diff", "compare two versions of a workflow",
        "Say what changed between two versions: steps, connections, triggers, credentials and "
        "apps, and which version number that calls for. Of parameters only the names are shown, "
        "never a value. The exit code says whether they could be compared, not whether they "
        "differ.",
        "koda diff published.json edited.json",
    )  # fmt: skip
    diff.add_argument("old", type=Path, metavar="OLD")
    diff.add_argument("new", type=Path, metavar="NEW")
    diff.add_argument(
        "--from-version", metavar="1.0.0", help="the version OLD was sold as (default: 1.0.0)"
    )
    add_platform(diff)


def _command(
    commands: Any,
    common: argparse.ArgumentParser,
    name: str,
    what: str,
    description: str,
    example: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, parents=[common], help=what, description=description, epilog=f"Example: {example}"
    )
    return parser
