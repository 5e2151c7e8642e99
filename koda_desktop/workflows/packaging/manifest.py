"""The ``manifest.json`` of an archive: what is in it, for what, and what it needs.

``{"format": "koda-package", "formatVersion": 1, "name", "version", "platform", "requirements":
{"integrations", "credentials", "packages", "platformVersion"}, "files": [{"path", "size",
"sha256"}]}``. Paths are sorted; hashes are SHA-256 in hex.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koda_desktop.workflows.json_writing import to_bytes
from koda_desktop.workflows.texts import one_line

MANIFEST = "manifest.json"
OTHER_NAME = "koda-manifest.json"
"""Where the files bring a manifest.json of their own."""

_FORMAT = "koda-package"
_FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Contents:
    """What a manifest says beside the list of files."""

    name: str
    version: str
    platform: str
    integrations: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    platform_version: str = ""


def manifest_bytes(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """The manifest of ``files``, which do not hold it themselves."""
    return to_bytes(
        {
            "format": _FORMAT,
            "formatVersion": _FORMAT_VERSION,
            "name": contents.name,
            "version": contents.version,
            "platform": contents.platform,
            "requirements": {
                "integrations": list(contents.integrations),
                "credentials": list(contents.credentials),
                "packages": list(contents.packages),
                "platformVersion": contents.platform_version,
            },
            "files": [
                {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for path, data in sorted(files.items())
            ],
        }
    )


def is_manifest(document: Any) -> bool:
    """Whether ``document`` is a manifest written by ``manifest_bytes``."""
    return (
        isinstance(document, dict)
        and document.get("format") == _FORMAT
        and isinstance(document.get("files"), list)
    )


def named(document: Mapping[str, Any]) -> tuple[str, str]:
    """Name and version a manifest gives; empty texts where it gives none."""
    name, version = document.get("name"), document.get("version")
    return (
        one_line(name, 200) if isinstance(name, str) else "",
        one_line(version, 80) if isinstance(version, str) else "",
    )


def altered(document: Mapping[str, Any], files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Paths that are not as the manifest lists them: changed, missing or added; at most 20."""
    listed = {
        entry["path"]: entry.get("sha256")
        for entry in document.get("files", ())
        if isinstance(entry, dict) and isinstance(entry.get("path"), str)
    }
    there = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    paths = sorted(listed.keys() | there.keys())
    return tuple(path for path in paths if listed.get(path) != there.get(path))[:20]
