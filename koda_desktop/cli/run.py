"""From the words typed to the command that does it, and from its end to an exit code."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from koda_desktop.cli.arguments import build_parser
from koda_desktop.cli.context import Context
from koda_desktop.cli.output import Output, standard_output
from koda_desktop.errors import Cancelled, KodaError, UsageError
from koda_desktop.runtime.crash import CrashReports
from koda_desktop.runtime.paths import Paths, data_root

DONE, FAILED, USAGE = 0, 1, 2

Command = Callable[[Context, argparse.Namespace], bool]
"""Answers whether everything was done; False is exit code 1."""


def run(arguments: Sequence[str] | None) -> int:
    """Run the command in ``arguments`` (default: the process's own)."""
    try:
        options = build_parser().parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    output = standard_output(is_json=options.json)
    paths = Paths(data_root(options.data_dir))
    crashes = _crash_reports(paths, output)
    if arguments is None:
        _catch_bugs(crashes)
    try:
        return _execute(options, Context(paths, options, output, crashes))
    except UsageError as error:
        output.fault(error)
        return USAGE
    except KodaError as error:
        output.fault(error)
        return FAILED
    except KeyboardInterrupt:
        output.fault(Cancelled("Stopped.", kept="What was saved before is kept."))
        return FAILED
    except BrokenPipeError:
        _forget_standard_output()
        return FAILED


def _crash_reports(paths: Paths, output: Output) -> CrashReports:
    """Reports of bugs; each one is told with the place of its file."""
    crashes = CrashReports(paths.crash)
    crashes.listen(
        lambda report: output.note(
            "koda: something went wrong that Koda did not expect. What was saved before is kept.\n"
            f"      A report is in {report}; please send it to the developers."
        )
    )
    return crashes


def _catch_bugs(crashes: CrashReports) -> None:
    """Write a report for an error that nobody caught.

    Log records go to the log once a workspace is open; never to the terminal.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    sys.excepthook = crashes.report


def _execute(options: argparse.Namespace, context: Context) -> int:
    command = _command(_name(options))
    with context:
        return DONE if command(context, options) else FAILED


def _name(options: argparse.Namespace) -> str:
    action = getattr(options, "action", None)
    return f"{options.command} {action}" if action else str(options.command)


_COMMANDS = {
    "check": "check:check",
    "scrub": "packing:scrub",
    "pack": "packing:pack",
    "draw": "pictures:draw",
    "diff": "diff:diff",
    "allowances list": "allowances:show_all",
    "allowances remove": "allowances:remove",
    "draft": "drafting:draft",
    "publish": "publishing:publish",
    "sync": "publishing:sync",
    "transfers": "transfers:show_all",
    "transfers list": "transfers:show_all",
    "transfers pause": "transfers:pause",
    "transfers resume": "transfers:resume",
    "transfers cancel": "transfers:cancel",
    "transfers retry": "transfers:retry",
    "transfers priority": "transfers:prioritise",
    "transfers limit": "transfers:limit",
    "download": "transfers:download",
    "conflicts": "conflicts:show_all",
    "conflicts list": "conflicts:show_all",
    "conflicts show": "conflicts:show",
    "conflicts resolve": "conflicts:resolve",
    "conflicts undo": "conflicts:undo",
    "activity": "activity:activity",
    "listings": "listings:listings",
    "show": "listings:show",
    "edit": "edit:edit",
    "undo": "history:undo",
    "redo": "history:redo",
    "history": "history:history",
    "export": "export:export",
    "import": "import_:import_",
    "push": "push:push",
    "revise": "revising:revise",
    "versions": "revising:versions",
    "onboard": "money:onboard",
    "try-sale": "money:try_sale",
    "orders": "money:orders",
    "sales": "money:sales",
    "refund": "money:refund",
    "payouts": "money:payouts",
    "events list": "money:list_events",
    "events replay": "money:replay",
    "workspace add": "workspaces:add",
    "workspace list": "workspaces:show_all",
    "workspace use": "workspaces:use",
    "workspace remove": "workspaces:remove",
    "admin init": "operators:init",
    "doctor": "operators:doctor",
}
"""Module and function of each command; a module is imported when its command is asked for."""


def _command(name: str) -> Command:
    module, function = _COMMANDS[name].split(":")
    command: Command = getattr(import_module(f"koda_desktop.cli.{module}"), function)
    return command


def _forget_standard_output() -> None:
    """The reader went away: keep Python from complaining when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
