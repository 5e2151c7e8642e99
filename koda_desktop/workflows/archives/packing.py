"""What is uploaded of an archive: its one file, or the same kind of archive packed anew."""

from __future__ import annotations

import re
from collections.abc import Mapping

from koda_desktop.workflows.archives.kinds import Make
from koda_desktop.workflows.inspection import PackagedFile
from koda_desktop.workflows.packaging import GZIP_TYPE, ZIP_TYPE, package, with_suffix
from koda_desktop.workflows.packaging.containers import tar_gz_bytes, zip_bytes
from koda_desktop.workflows.packaging.manifest import (
    MANIFEST,
    OTHER_NAME,
    Contents,
    manifest_bytes,
)
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.texts import slug

_DIST_INFO = re.compile(r"([^/]+)\.dist-info/WHEEL\Z")
_TAG = re.compile(rb"^Tag: *([\w.]{1,40})-([\w.]{1,40})-([\w.]{1,80})\s*$", re.MULTILINE)
_RECORD = re.compile(r"[^/]+\.dist-info/RECORD\Z")


def packed(
    make: Make, files: Mapping[str, bytes], findings: Findings, detection: Detection
) -> PackagedFile:
    """``files`` in one archive: wheels and sdists as such, all else as a zip with a manifest."""
    if make is Make.WHEEL:
        return package(zip_bytes(_with_true_record(files)), _wheel_name(files), ZIP_TYPE)
    if make is Make.SDIST:
        top = next(iter(files)).partition("/")[0]
        return package(tar_gz_bytes(files), f"{top}.tar.gz", GZIP_TYPE)
    contents = Contents(
        findings.proposal.title,
        findings.proposal.version,
        detection.platform,
        tuple(integration.name for integration in findings.integrations),
        findings.credentials,
        findings.packages,
        findings.platform_version,
    )
    name = OTHER_NAME if MANIFEST in files else MANIFEST
    whole = {name: manifest_bytes(contents, files), **files}
    stem = slug(findings.proposal.title) or "workflows"
    return package(zip_bytes(whole, first=(name,)), with_suffix(stem, ".zip"), ZIP_TYPE)


def _wheel_name(files: Mapping[str, bytes]) -> str:
    """The file name a wheel must have (its tags are part of it), from its own metadata."""
    info = next(filter(None, map(_DIST_INFO.match, sorted(files))))
    tags = _TAG.findall(files[info[0]])
    parts = (".".join(dict.fromkeys(t[i].decode() for t in tags)) for i in range(3))
    return "-".join((info[1], *(part or default for part, default in zip(
        parts, ("py3", "none", "any"), strict=True)))) + ".whl"  # fmt: skip


def _with_true_record(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A wheel's RECORD lists its files: what was left out must not stand in it."""
    true = dict(files)
    for path in filter(_RECORD.match, files):
        lines = files[path].splitlines(keepends=True)
        true[path] = b"".join(line for line in lines if _recorded(line) in files)
    return true


def _recorded(line: bytes) -> str:
    """The path of a line of RECORD; quoted where it holds a comma."""
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    if text.startswith('"'):
        return text[1:].partition('",')[0].replace('""', '"')
    return text.partition(",")[0]
