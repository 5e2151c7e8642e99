"""One file read by the platform it belongs to; ``archives`` does the same for many at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from koda_desktop.workflows.key_files import key_file
from koda_desktop.workflows.other import Other
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.registry import choose
from koda_desktop.workflows.source import Source


@dataclass(frozen=True, slots=True)
class Examined:
    """``findings`` with the problems of the file itself among them.

    ``recognised`` is False for what no platform claims.
    """

    detection: Detection
    findings: Findings
    recognised: bool


def examine(source: Source, platform: str | None = None) -> Examined:
    """The report on ``source``. Raises ValueError for an unknown ``platform`` only."""
    reader, detection, mismatch = choose(source, platform)
    findings = reader.inspect(source, detection)
    recognised = not isinstance(reader, Other)
    problems = (*source.problems, *mismatch, *findings.problems)
    keys = None if recognised else key_file(source.file_name, source.data)
    if keys:
        problems += (replace(keys, where=""),)
        findings = replace(findings, packaged=None)
    fingerprint = findings.fingerprint or source.sha256
    findings = replace(findings, problems=problems, fingerprint=fingerprint)
    return Examined(detection, findings, recognised)
