"""Archives of a known make, told by their content: n8n packages, wheels, sdists, exports, ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.packaging.manifest import MANIFEST, OTHER_NAME, is_manifest
from koda_desktop.workflows.source import Form, read_source

_WHEEL = re.compile(r"[^/]+\.dist-info/WHEEL\Z")
_SDIST = re.compile(r"[^/]+/PKG-INFO\Z")
_CORE = re.compile(rb"\s{0,4}Metadata-Version:", re.IGNORECASE)
_ZAPFILE = "zapfile.json"


class Make(StrEnum):
    """Which program made an archive."""

    PLAIN = "archive"
    KODA = "koda-package"
    N8NP = "n8np"
    WHEEL = "wheel"
    SDIST = "sdist"
    ZAPIER = "zapier-export"


@dataclass(frozen=True, slots=True)
class Made:
    """``manifest`` is the parsed document at ``manifest_path``, or of a wheel or sdist empty."""

    make: Make
    manifest_path: str = ""
    manifest: Mapping[str, Any] | None = None


def made_by(files: Mapping[str, bytes], caps: Caps) -> Made:
    """What made the archive of ``files``."""
    for path in (OTHER_NAME, MANIFEST):
        document = _document(files.get(path), path, caps)
        if is_manifest(document):
            return Made(Make.KODA, path, document)
        if isinstance(document, dict) and _is_n8n_package(document, files):
            return Made(Make.N8NP, path, document)
    if any(map(_WHEEL.match, files)):
        return Made(Make.WHEEL)
    heads = [path for path in files if _SDIST.match(path) and _CORE.match(files[path][:100])]
    if len(heads) == 1 and len({path.partition("/")[0] for path in files}) == 1:
        return Made(Make.SDIST)
    if any(path.rpartition("/")[2].lower() == _ZAPFILE for path in files):
        return Made(Make.ZAPIER)
    return Made(Make.PLAIN)


def _is_n8n_package(document: Mapping[str, Any], files: Mapping[str, bytes]) -> bool:
    if "packageFormatVersion" not in document:
        return False
    marks = ("sourceN8nVersion", "workflows", "requirements", "sourceId")
    return any(mark in document for mark in marks) or any(
        path.endswith("/workflow.json") for path in files
    )


def _document(data: bytes | None, path: str, caps: Caps) -> Any:
    source = read_source(data, path, caps) if data else None
    return source.document if source and source.form is Form.JSON else None
