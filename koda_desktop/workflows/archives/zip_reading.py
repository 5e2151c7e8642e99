"""Zip archives read in memory. Only stored and deflated entries: every tool opens those."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib

from koda_desktop.workflows.archives.entries import Entry, Kind, Listing, broken, refusal
from koda_desktop.workflows.archives.limits import Budget, too_many_entries
from koda_desktop.workflows.archives.litter import is_litter
from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspection import Problem, Removal
from koda_desktop.workflows.json_writing import brief
from koda_desktop.workflows.removal_kinds import RemovalKind

_DIRECTORY_MARK = b"PK\x01\x02"
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FAULTS = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError,
    ValueError, OverflowError, EOFError, IndexError, struct.error, zlib.error,
)  # fmt: skip
"""Everything the standard library's reader raises for bytes that are no sound zip."""


def read_zip(data: bytes, caps: Caps) -> Listing:
    """The entries of ``data``. Never raises, whatever the bytes."""
    # The standard library builds the whole directory at once; each entry of it has this mark.
    if data.count(_DIRECTORY_MARK) > caps.max_entries:
        return Listing(problem=too_many_entries(caps))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _entries(archive, Budget(caps))
    except _FAULTS as error:
        return Listing(problem=broken(_reason(error)))


def _entries(archive: zipfile.ZipFile, budget: Budget) -> Listing:
    entries: list[Entry] = []
    for info in archive.infolist():
        name = info.orig_filename
        if info.is_dir():
            entries.append(Entry(name, Kind.FOLDER))
            continue
        special = _special(info)
        if special or is_litter(name):
            entries.append(Entry(name, special or Kind.FILE, size=info.file_size))
            continue
        problem = budget.refuses(info.file_size, info.compress_size)
        if problem:
            return Listing(tuple(entries), problem)
        entry = _read(archive, info)
        budget.spend(len(entry.data))
        entries.append(entry)
    return Listing(tuple(entries), traces=_traces(archive))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name = info.orig_filename
    fault = _unreadable(info)
    if fault:
        return Entry(name, size=info.file_size, fault=fault)
    try:
        # No more than the declared size is ever handed out, and the checksum covers all of it.
        with archive.open(info) as stream:
            return Entry(name, data=stream.read(info.file_size + 1), size=info.file_size)
    except _FAULTS as error:
        message = f"This entry cannot be unpacked: {_reason(error)}. Pack the archive again."
        return Entry(name, size=info.file_size, fault=refusal("broken-entry", name, message))


def _unreadable(info: zipfile.ZipInfo) -> Problem | None:
    if info.flag_bits & _ENCRYPTED:
        message = "This entry has a password, so it cannot be checked. Pack it without one."
        return refusal("encrypted-entry", info.orig_filename, message)
    if info.compress_type not in _METHODS:
        message = (
            "This entry is compressed in a way that not every computer can unpack. "
            "Pack it as an ordinary zip (deflate)."
        )
        return refusal("unusual-compression", info.orig_filename, message)
    return None


def _special(info: zipfile.ZipInfo) -> Kind | None:
    """A link or device, as Unix tools note it in the upper half of the attributes."""
    mode = info.external_attr >> 16
    form = stat.S_IFMT(mode)
    if form in (0, stat.S_IFREG, stat.S_IFDIR):
        return None
    return Kind.LINK if stat.S_ISLNK(mode) else Kind.DEVICE


def _traces(archive: zipfile.ZipFile) -> tuple[Removal, ...]:
    if not archive.comment:
        return ()
    text = archive.comment[:400].decode("utf-8", "replace")
    return (Removal("(comment)", "a comment in the archive is no part of its files", brief(text),
                    None, RemovalKind.ARCHIVE),)  # fmt: skip


def _reason(error: Exception) -> str:
    """Plain words: the library's own name files and offsets of no use to a seller."""
    text = str(error)
    if "CRC" in text:
        return "its checksum does not fit"
    if isinstance(error, (EOFError, zlib.error)):
        return "its data are damaged"
    return "its directory is damaged or missing"
