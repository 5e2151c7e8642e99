"""Everything no platform claims: any JSON, text, archive or binary file, sold as it is."""

from __future__ import annotations

from koda_desktop.workflows.generic import Outline, kept_as_is, report
from koda_desktop.workflows.inspection import Problem
from koda_desktop.workflows.packaging import (
    BINARY_TYPE,
    GZIP_TYPE,
    JSON_TYPE,
    TEXT_TYPE,
    ZIP_TYPE,
)
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.source import Form, Source
from koda_desktop.workflows.unknown_forms import (
    Steps,
    foreign_steps,
    is_notebook,
    notebook_kept,
    unknown_wrapping,
)
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


_STEPS = "unknown-form"


class Other:
    """Takes every file, with so little confidence that any platform goes first."""

    reads = "Other"

    def detect(self, source: Source) -> Detection:
        sub_kind, reason, _, _ = _KINDS[source.form]
        if source.form is Form.JSON:
            if is_notebook(source.document):
                return Detection("Other", "notebook", 0.4, ("cells as Jupyter writes them",))
            steps = _steps(source)
            if steps:
                reason = "steps of its own, in a form it does not export"
                return Detection(steps.platform, "unknown-form", 0.4, (reason,))
        return Detection("Other", sub_kind, 0.3, (reason,))

    def inspect(self, source: Source, detection: Detection) -> Findings:
        _, _, kind, media_type = _KINDS[source.form]
        problems = _wrong(source, detection) if source.form is Form.JSON else ()
        if not problems and not any(p.severity == "error" for p in source.problems):
            problems = (kept_as_is("No platform was recognised, so the file is"),)
        name = source.document.get("name") if isinstance(source.document, dict) else None
        return report(source, Outline(kind, "step", media_type, name), problems)


def _steps(source: Source) -> Steps | None:
    """The steps of a platform in the document, looked for once."""
    if _STEPS not in source.memo:
        source.memo[_STEPS] = foreign_steps(source.document)
    found = source.memo[_STEPS]
    return found if isinstance(found, Steps) else None


def _wrong(source: Source, detection: Detection) -> tuple[Problem, ...]:
    """What a seller has to know of JSON that no platform reads."""
    mistaken = mistaken_document(source.document)
    if mistaken:
        return (mistaken,)
    if is_notebook(source.document):
        return (notebook_kept(source.document),)
    # A seller who chose this platform by hand knows the file; it is kept as it is.
    steps = _steps(source) if detection.confidence < 1 else None
    return (unknown_wrapping(steps),) if steps else ()
