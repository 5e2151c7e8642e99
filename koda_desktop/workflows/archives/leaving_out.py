"""Files of an archive that are no part of what is sold, by the program that made it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from koda_desktop.workflows.archives.entries import refusal
from koda_desktop.workflows.archives.kinds import Made, Make
from koda_desktop.workflows.archives.paths import shown
from koda_desktop.workflows.inspection import Problem, Removal, Severity
from koda_desktop.workflows.json_writing import brief
from koda_desktop.workflows.packaging.manifest import altered
from koda_desktop.workflows.removal_kinds import RemovalKind
from koda_desktop.workflows.texts import counted, one_line, sentence_list

_N8NP_VERSION = "1"
_WORKFLOW = re.compile(r"(?:.+/)?workflows/[^/]+/workflow\.json\Z")
_STUB = re.compile(r"(?:.+/)?credentials/[^/]+/credential\.json\Z")
_STUB_DATA = re.compile(rb"\"data\"\s{0,20}:\s{0,20}(?:\"[^\"]|\{\s{0,20}\")")
_N8NP_REASONS = (
    (re.compile(r"(?:.+/)?credentials/"), "credentials belong to your instance; buyers add theirs"),
    (re.compile(r"(?:.+/)?variables/"), "variables belong to your instance; buyers set theirs"),
    (re.compile(r"(?:.+/)?data-tables/"), "tables belong to your instance; buyers create theirs"),
    (re.compile(r""), "it describes your instance, not the workflow"),
)
_ZAPIER_REASONS = (
    (re.compile(r"(?:.+/)?zap_data\.json\Z", re.I), "the editor’s copy, with samples and accounts"),
    (re.compile(r"(?:.+/)?task_history.*\.csv\Z", re.I), "addresses of the history of your tasks"),
)


def left_out(made: Made, files: dict[str, bytes]) -> tuple[list[Removal], list[Problem]]:
    """Takes out of ``files`` what is not sold; returns what that was and what is to be told."""
    if made.make is Make.KODA:
        return [], list(_manifest_problems(made, files))
    if made.make is Make.N8NP:
        problems = list(_package_problems(made, files))
        return list(_taken(files, _n8np_reason)), problems
    return (list(_taken(files, _zapier_reason)), []) if made.make is Make.ZAPIER else ([], [])


def _taken(files: dict[str, bytes], reason_of: object) -> Iterator[Removal]:
    assert callable(reason_of)
    for path in list(files):
        reason = reason_of(path)
        if reason:
            size = counted(len(files.pop(path)), "byte")
            yield Removal(shown(path), reason, brief(size), None, RemovalKind.ARCHIVE)


def _n8np_reason(path: str) -> str:
    if _WORKFLOW.match(path):
        return ""
    return next(reason for pattern, reason in _N8NP_REASONS if pattern.match(path))


def _zapier_reason(path: str) -> str:
    return next((reason for pattern, reason in _ZAPIER_REASONS if pattern.match(path)), "")


def _manifest_problems(made: Made, files: dict[str, bytes]) -> Iterator[Problem]:
    """Takes the manifest out: a fresh one is written."""
    files.pop(made.manifest_path)
    changed = altered(made.manifest or {}, files)
    if changed:
        message = (
            f"The manifest does not fit the files ({sentence_list(changed[:3])}): the package was "
            "changed after it was made. It gets a new manifest."
        )
        yield Problem(Severity.WARNING, "manifest-outdated", made.manifest_path, message)


def _package_problems(made: Made, files: dict[str, bytes]) -> Iterator[Problem]:
    manifest = made.manifest or {}
    version = manifest.get("packageFormatVersion")
    if version != _N8NP_VERSION:
        shown_version = one_line(str(version), 20)
        yield refusal("n8np-version", made.manifest_path, (
            f"The package has format version {shown_version}; only {_N8NP_VERSION} is known here. "
            "Export the workflows one by one as JSON."
        ))  # fmt: skip
    if next(iter(files)) != made.manifest_path:
        message = "n8n writes the manifest first; another program packed this archive anew."
        yield Problem(Severity.INFO, "n8np-order", made.manifest_path, message)
    for path, data in files.items():
        if _STUB.match(path) and _STUB_DATA.search(data[:65_536]):
            yield refusal("key-file", shown(path), (
                "This credential holds its values, where a package has only name and type. Change "
                "the keys in it, and export the package again."
            ))  # fmt: skip
    names = tuple(dict.fromkeys(_named(path) for path in files if "variables/" in path))
    if names:
        message = f"Buyers set these variables in n8n first: {sentence_list(names, 12)}."
        yield Problem(Severity.INFO, "n8n-variables", "", message)


def _named(path: str) -> str:
    rest = path.partition("variables/")[2]
    return one_line(rest.split("/")[0].removesuffix(".json"), 60)
