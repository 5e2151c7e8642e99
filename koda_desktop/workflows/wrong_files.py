"""Files that are plainly not what the seller meant to drop: empty ones, error pages, pointers."""

from __future__ import annotations

import re
from typing import Any

from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.texts import counted

_HEAD = 2048
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,500}?-->\s*)?"
    r"<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_ERROR = re.compile(r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?<Error>\s*<Code>")
_PLAIN_ERROR = re.compile(
    r"\s*(?:(?:404|403|401|410|429|50[0-4])\s*:?\s+(?:Not Found|Forbidden|Unauthorized|Gone|"
    r"Too Many Requests|Bad Gateway|Internal Server Error|Service Unavailable|Gateway Time-?out)|"
    r"Not Found|Access Denied|Unauthorized)[\s.]*\Z",
    re.IGNORECASE,
)
_POINTER = "version https://git-lfs.github.com/spec/"
_ANSWER_KEYS = {
    "message", "error", "errors", "code", "status", "statusCode", "hint", "detail", "details",
    "documentation_url", "stacktrace", "timestamp", "path", "success", "ok",
}  # fmt: skip
_SAYS_ERROR = {"message", "error", "errors", "detail"}


_UNREAD_ARCHIVES = (
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
)


def unread_archive(data: bytes) -> Problem | None:
    """The problem of an archive that is not opened here, and so cannot be searched."""
    name = next((name for magic, name in _UNREAD_ARCHIVES if data.startswith(magic)), None)
    if name is None or (name == "bzip2" and data[4:10] != b"1AY&SY"):
        return None
    return _problem(
        "unread-archive",
        f"This is a {name} archive, which is not opened here, so nothing in it can be checked. "
        "Pack the files as a zip or tar.gz and add that one.",
    )


def empty(size: int) -> Problem:
    """The problem of a file without content."""
    what = "is empty" if size == 0 else f"holds {counted(size, 'byte')} but only blanks"
    message = f"The file {what}. Export the workflow again and check that the download finished."
    return Problem(Severity.ERROR, "empty-file", "", message)


def mistaken_text(text: str) -> Problem | None:
    """The problem of a text that is an error page or a pointer to the real file."""
    head = text[:_HEAD].lstrip("\ufeff")
    if _HTML.match(head):
        return _problem(
            "web-page",
            "This is a web page, not a workflow: usually a sign-in or error page that was saved "
            "instead of the file. Sign in to the platform and export the workflow again.",
        )
    if _XML_ERROR.match(head) or (len(text) < _HEAD and _PLAIN_ERROR.match(text)):
        return _problem(
            "error-answer",
            "This is the error message of a server, saved instead of the file. "
            "Download or export the workflow again.",
        )
    if head.startswith(_POINTER):
        return _problem(
            "pointer-file",
            "This is a Git LFS pointer, not the file itself. Fetch the real file "
            "(git lfs pull) and add that one.",
        )
    return None


def mistaken_document(document: Any) -> Problem | None:
    """The problem of a JSON document that holds nothing, or a server's error answer."""
    if not isinstance(document, (dict, list)):
        return _problem(
            "no-workflow",
            "The file holds a single value, not a workflow. Export the workflow again.",
        )
    if not document:
        return _problem(
            "no-workflow", "The file holds an empty document. Export the workflow again."
        )
    if isinstance(document, dict) and _is_error_answer(document):
        return _problem(
            "error-answer",
            "This is the error answer of a server, saved instead of the workflow. "
            "Sign in and export it again.",
        )
    if isinstance(document, dict) and _is_node_red_credentials(document):
        return _problem(
            "credentials-file",
            "This is the credentials file of a Node-RED installation, not its flows. It is never "
            "sold. Export the flows again in Node-RED and add those.",
        )
    return None


def _is_node_red_credentials(document: dict[str, Any]) -> bool:
    """``{"$": text}``: what Node-RED encrypts is stored under a dollar sign."""
    return document.keys() == {"$"} and isinstance(document["$"], str)


def _is_error_answer(document: dict[str, Any]) -> bool:
    keys = set(document)
    return keys <= _ANSWER_KEYS and bool(keys & _SAYS_ERROR)


def _problem(code: str, message: str) -> Problem:
    return Problem(Severity.ERROR, code, "", message)
