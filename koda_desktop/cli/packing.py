"""``koda pack`` and ``koda scrub``: workflow files written without their instance's data."""

from __future__ import annotations

import argparse
import stat
from pathlib import Path

from koda_desktop.cli.context import Context
from koda_desktop.cli.file_arguments import kept
from koda_desktop.cli.report import kept_lines, removal_lines
from koda_desktop.cli.shown import shown
from koda_desktop.cli.targets import Targets
from koda_desktop.errors import InputError, KodaError, UsageError
from koda_desktop.runtime.files import write_atomically
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Inspection, PackagedFile, Severity

_SECRETS_SHOWN = 5


def pack(context: Context, options: argparse.Namespace) -> bool:
    """Write the cleaned package of each file into ``--out``; never over another file's package
    or one of the files themselves."""
    is_fine = True
    written: dict[Path, bytes] = {}
    inputs = Targets(options.files, str(options.out))
    allowed = context.allowed()
    for path in options.files:
        inspection = inspect_path(
            path, platform=options.platform, allowed=allowed, kept=kept(options)
        )
        try:
            package = publishable_package(inspection)
            target = _pack_one(package, options.out, written, inputs)
        except KodaError as error:
            context.output.fault(error)
            is_fine = False
            continue
        record = {
            "file": str(path),
            "package": str(target),
            "sha256": package.sha256,
            "removed": len(inspection.removed),
            "kept": len(inspection.kept),
        }
        text = f"{shown(path.name)} → {shown(target)} ({_counts(inspection)})"
        context.output.result(record, text)
    return is_fine


def publishable_package(inspection: Inspection) -> PackagedFile:
    """What would be uploaded. Raises InputError saying what stands against it."""
    if inspection.packaged is None or not inspection.publishable:
        raise InputError(
            f"{inspection.file_name} cannot be published as it is: {_reasons(inspection)}",
            remedy="Correct the file and try again; `koda check` shows the whole report.",
        )
    return inspection.packaged


def _reasons(inspection: Inspection) -> str:
    errors = [p.message for p in inspection.problems if p.severity is Severity.ERROR]
    return " ".join([*errors, *_secrets(inspection)])


def _secrets(inspection: Inspection) -> list[str]:
    found = inspection.secrets
    listed = [
        f"{secret.kind} {secret.masked} at {secret.where or 'an unknown place'}."
        for secret in found[:_SECRETS_SHOWN]
    ]
    left = len(found) - _SECRETS_SHOWN
    return [*listed, f"{left} more secrets."] if left > 0 else listed


def _pack_one(
    package: PackagedFile, folder: Path, written: dict[Path, bytes], inputs: Targets
) -> Path:
    target = folder / package.name
    number = 2
    while written.get(target, package.data) != package.data or inputs.is_input(target):
        target = folder / f"{Path(package.name).stem}-{number}{Path(package.name).suffix}"
        number += 1
    write_atomically(target, package.data)
    written[target] = package.data
    return target


def scrub(context: Context, options: argparse.Namespace) -> bool:
    """Write each workflow cleaned, under its own name or the one given, and list what was taken
    out. A file that still holds secrets is refused: whoever scrubs a file takes it to be clean."""
    ways = [bool(options.out), options.in_place, options.dry_run]
    if sum(ways[:2]) > 1 or not any(ways):
        raise UsageError(
            "Say where the cleaned workflow goes: --out FILE, --out FOLDER, or --in-place.",
            remedy="--dry-run alone only lists what would be taken out.",
        )
    targets = Targets(options.files, options.out) if options.out else None
    is_fine = True
    for path in options.files:
        try:
            _scrub_one(context, options, path, targets)
        except KodaError as error:
            context.output.fault(error)
            is_fine = False
    return is_fine


def _scrub_one(
    context: Context, options: argparse.Namespace, path: Path, targets: Targets | None
) -> None:
    inspection = inspect_path(
        path, platform=options.platform, allowed=context.allowed(), kept=kept(options)
    )
    clean = _clean(inspection)
    target = targets.target(path.name) if targets else path.resolve()
    is_written = not options.dry_run
    if is_written and targets:
        write_atomically(target, clean.data)
    elif is_written:
        is_written = _write_in_place(target, clean.data)
    record = {
        "file": str(path),
        "out": str(target) if targets or options.in_place else None,
        "written": is_written,
        "sha256": clean.sha256,
        "removed": [removal.as_json() for removal in inspection.removed],
        "kept": [removal.as_json() for removal in inspection.kept],
    }
    context.output.result(record, _scrub_text(path, target, inspection, options, is_written))


def _clean(inspection: Inspection) -> PackagedFile:
    """The cleaned bytes, also of a workflow with faults; not of one that cannot be read."""
    if inspection.packaged is None:
        raise InputError(
            f"{inspection.file_name} cannot be scrubbed: {_reasons(inspection)}",
            remedy="`koda check` shows the whole report.",
        )
    if inspection.secrets:
        raise InputError(
            f"{inspection.file_name} holds secrets, which scrubbing does not take out: "
            + " ".join(_secrets(inspection)),
            remedy="Put a credential or a placeholder in their place, revoke them, and try again.",
        )
    return inspection.packaged


def _write_in_place(target: Path, data: bytes) -> bool:
    """Replace the file, keeping its permissions; False where it was clean already."""
    if target.read_bytes() == data:
        return False
    write_atomically(target, data, mode=stat.S_IMODE(target.stat().st_mode))
    return True


def _scrub_text(
    path: Path, target: Path, inspection: Inspection, options: argparse.Namespace, is_written: bool
) -> str:
    count = len(inspection.removed)
    if options.dry_run:
        head = f"{shown(path)}: {count} would be removed"
    elif options.in_place:
        head = f"{shown(path)}: " + (f"{count} removed" if is_written else "clean already")
    else:
        head = f"{shown(path)} → {shown(target)} ({_counts(inspection)})"
    lines = [*removal_lines(inspection.removed), *kept_lines(inspection)]
    return "\n".join([head, *lines])


def _counts(inspection: Inspection) -> str:
    removed = f"{len(inspection.removed)} removed"
    return f"{removed}, {len(inspection.kept)} kept" if inspection.kept else removed
