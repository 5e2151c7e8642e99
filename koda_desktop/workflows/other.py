"""Everything no platform claims: any JSON, text, archive or binary file, sold as it is."""

from __future__ import annotations

from koda_desktop.workflows.generic import Outline, kept_as_is, report
from koda_desktop.workflows.packaging import (
    BINARY_TYPE,
    GZIP_TYPE,
    JSON_TYPE,
    TEXT_TYPE,
    ZIP_TYPE,
)
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.source import Form, Source
from koda_desktop.workflows.wrong_files import mistaken_document

_KINDS = {
    Form.EMPTY: ("text", "the file is empty", "file", TEXT_TYPE),
    Form.JSON: ("json", "JSON of no platform known here", "JSON file", JSON_TYPE),
    Form.BROKEN_JSON: ("json", "it begins as JSON but cannot be read", "JSON file", JSON_TYPE),
    Form.TEXT: ("text", "plain text", "text file", TEXT_TYPE),
    Form.ZIP: ("zip", "a zip archive", "zip archive", ZIP_TYPE),
    Form.TAR: ("binary", "a tar archive", "tar archive", BINARY_TYPE),
    Form.GZIP: ("binary", "a gzip archive", "compressed file", GZIP_TYPE),
    Form.BINARY: ("binary", "neither text nor a known archive", "binary file", BINARY_TYPE),
}


class Other:
    """Takes every file, with so little confidence that any platform goes first."""

    reads = "Other"

    def detect(self, source: Source) -> Detection:
        sub_kind, reason, _, _ = _KINDS[source.form]
        return Detection("Other", sub_kind, 0.3, (reason,))

    def inspect(self, source: Source, detection: Detection) -> Findings:
        _, _, kind, media_type = _KINDS[source.form]
        wrong = mistaken_document(source.document) if source.form is Form.JSON else None
        problems = (wrong,) if wrong else ()
        if not problems and not any(p.severity == "error" for p in source.problems):
            problems = (kept_as_is("No platform was recognised, so the file is"),)
        name = source.document.get("name") if isinstance(source.document, dict) else None
        return report(source, Outline(kind, "step", media_type, name), problems)
