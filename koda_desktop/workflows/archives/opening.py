"""An archive opened in memory: every rule for its entries applied, in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from koda_desktop.workflows.archives.entries import Entry, Kind, Listing, Opened, refusal
from koda_desktop.workflows.archives.litter import litter
from koda_desktop.workflows.archives.paths import clean, fault, folded, shown
from koda_desktop.workflows.archives.tar_reading import is_tar, read_tar, unzipped
from koda_desktop.workflows.archives.zip_reading import read_zip
from koda_desktop.workflows.inspection import Problem, Removal
from koda_desktop.workflows.json_writing import brief
from koda_desktop.workflows.key_files import key_file
from koda_desktop.workflows.removal_kinds import RemovalKind
from koda_desktop.workflows.source import Form, Source
from koda_desktop.workflows.texts import counted

_SINGLE_SUFFIX = ".gz"
_LINK = (
    "This entry is a link. Unpacked, it would point at a file of the buyer’s. Pack the file itself."
)
_DEVICE = "This entry is a device, pipe or hole, not a file. Pack the folder again without it."
_KINDS = {Kind.LINK: ("link-entry", _LINK), Kind.DEVICE: ("device-entry", _DEVICE)}


def open_archive(source: Source) -> Opened:
    """The files of ``source``, whose form is ZIP, GZIP or TAR. Never raises."""
    return _checked(_listing(source))


def _listing(source: Source) -> Listing:
    if source.form is Form.ZIP:
        return read_zip(source.data, source.caps)
    if source.form is Form.TAR:
        return read_tar(source.data, source.caps)
    unpacked = unzipped(source.data, source.caps)
    if isinstance(unpacked, Problem):
        return Listing(problem=unpacked)
    if is_tar(unpacked):
        return read_tar(unpacked, source.caps)
    name = source.file_name.rpartition("/")[2].rpartition("\\")[2]
    inner = name[: -len(_SINGLE_SUFFIX)] if name.lower().endswith(_SINGLE_SUFFIX) else name
    return Listing((Entry(inner or "file", data=unpacked, size=len(unpacked)),))


def _checked(listing: Listing) -> Opened:
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    dropped: list[tuple[str, str, int]] = []
    for entry in listing.entries:
        problem = fault(entry.name) if clean(entry.name) or entry.kind is Kind.FILE else None
        left_out = litter(entry.name)
        if left_out and not problem:
            dropped += [(*left_out, entry.size)] if entry.kind is not Kind.FOLDER else []
            continue
        problem = problem or _of_the_entry(entry)
        if problem:
            problems.append(problem)
        elif entry.kind is Kind.FILE:
            problems += _taken(clean(entry.name), entry.data, files)
    problems += _twice(files)
    problems += [listing.problem] if listing.problem else []
    return Opened(files, tuple(problems), (*listing.traces, *_removals(dropped)))


def _of_the_entry(entry: Entry) -> Problem | None:
    if entry.kind in _KINDS:
        code, message = _KINDS[entry.kind]
        return refusal(code, shown(entry.name), message)
    return entry.fault


def _taken(path: str, data: bytes, files: dict[str, bytes]) -> list[Problem]:
    """Puts a file among the others, unless it may not be there."""
    if path in files:
        message = "Two entries have this name, and tools differ in which one they unpack."
        return [refusal("double-entry", shown(path), f"{message} Pack the folder again.")]
    keys = key_file(path, data)
    if keys:
        return [keys]
    files[path] = data
    return []


def _twice(paths: Iterable[str]) -> list[Problem]:
    """Paths that are one file on Windows and macOS, and files that are folders as well."""
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    for path in paths:
        key = folded(path)
        if key in seen:
            message = (
                f"On Windows and macOS this is the same file as “{shown(seen[key])}”. Rename one."
            )
            problems.append(refusal("double-entry", shown(path), message))
        seen.setdefault(key, path)
    for key, path in seen.items():
        steps = key.split("/")
        parents = ("/".join(steps[:length]) for length in range(1, len(steps)))
        if any(parent in seen for parent in parents):
            message = "A folder of this path is a file in the same archive. Pack the folder again."
            problems.append(refusal("double-entry", shown(path), message))
    return problems


def _removals(dropped: list[tuple[str, str, int]]) -> tuple[Removal, ...]:
    """One line per folder or file left out, not one per file in a folder."""
    counts: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    for place, what, size in dropped:
        counts[place, what] += 1
        sizes[place, what] += size
    return tuple(
        Removal(
            shown(place),
            f"{what}, no part of what is sold",
            brief(f"{counted(count, 'file')}, {counted(sizes[place, what], 'byte')}"),
            None,
            RemovalKind.ARCHIVE,
        )
        for (place, what), count in counts.items()
    )
