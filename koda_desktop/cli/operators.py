"""``koda admin init`` and ``koda doctor``."""

from __future__ import annotations

import argparse

from koda_desktop.cli.context import Context
from koda_desktop.errors import Offline


def init(context: Context, options: argparse.Namespace) -> bool:
    """Create the indexes the rules rely on. For the operator's own account, never a seller's."""
    if context.is_offline:
        raise Offline("`koda admin init` needs the marketplace.", remedy="Leave out --offline.")
    from koda_desktop.workspace.admin import create_missing_indexes

    made = create_missing_indexes(context.paths, context.info())
    for index in made.created:
        context.output.result({"created": index}, f"Created {index}")
    for index, why in made.in_the_way.items():
        context.output.result({"missing": index, "why": why}, f"Not created: {index}: {why}")
    if not made.created and not made.in_the_way:
        context.output.result({"created": None}, "Every index is there already.")
    return not made.in_the_way


def doctor(context: Context, options: argparse.Namespace) -> bool:
    """Check this computer, then the marketplace; each line says what to do where it is not well."""
    from koda_desktop.workspace.doctor import examine

    is_well = True
    for finding in examine(context.paths, context.info(), is_offline=context.is_offline):
        mark = {True: "ok  ", False: "BAD ", None: "--  "}[finding.is_well]
        remedy = f"\n      {finding.remedy}" if finding.remedy else ""
        context.output.result(finding.as_json(), f"{mark}{finding.check}: {finding.what}{remedy}")
        is_well &= finding.is_well is not False
    return is_well
