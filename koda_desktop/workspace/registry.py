"""The marketplaces this computer knows: ``workspaces.json``, without a secret in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from koda_desktop.errors import LocalFault, Misconfigured, NotFound, UsageError
from koda_desktop.runtime.files import disk_faults, write_atomically
from koda_desktop.runtime.paths import Paths
from koda_desktop.runtime.written_keys import WHAT_TO_DO, holds_key
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind

_VERSION = 1


@dataclass(frozen=True, slots=True)
class _File:
    current: str | None
    known: dict[str, WorkspaceInfo]


class Registry:
    """Reads and writes ``workspaces.json``; each change is one atomic write."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    def all(self) -> list[WorkspaceInfo]:
        """Every workspace, in the order in which they were added."""
        return list(self._read().known.values())

    def current(self) -> WorkspaceInfo | None:
        """The workspace in use, if any."""
        file = self._read()
        return file.known.get(file.current) if file.current else None

    def find(self, name: str) -> WorkspaceInfo:
        """The workspace of this name. Raises NotFound naming those there are."""
        known = self._read().known
        info = known.get(name.lower())
        if info is None:
            names = ", ".join(known) or "none yet"
            raise NotFound(
                f"There is no workspace “{name}” (known: {names}).",
                remedy="Add it with `koda workspace add`.",
            )
        return info

    def add(self, info: WorkspaceInfo) -> None:
        """Remember ``info`` and use it. Raises UsageError when the name is taken or unusable."""
        self.check_free(info.name)
        self._write(_File(info.name, {**self._read().known, info.name: info}))

    def check_free(self, name: str) -> None:
        """Raise UsageError when ``name`` is taken or cannot be the name of a folder."""
        self._paths.workspace(name)
        if name in self._read().known:
            raise UsageError(
                f"There is already a workspace “{name}”.",
                remedy="Choose another name, or remove that one first.",
            )

    def use(self, name: str) -> WorkspaceInfo:
        """Make ``name`` the workspace in use. Raises NotFound."""
        info = self.find(name)
        self._write(_File(info.name, self._read().known))
        return info

    def replace(self, info: WorkspaceInfo) -> None:
        """Describe the workspace ``info.name`` anew. Raises NotFound."""
        self.find(info.name)
        file = self._read()
        self._write(_File(file.current, {**file.known, info.name: info}))

    def remove(self, name: str) -> WorkspaceInfo:
        """Forget ``name``; its folder on disk stays. Raises NotFound."""
        info = self.find(name)
        file = self._read()
        known = {key: value for key, value in file.known.items() if key != info.name}
        current = file.current if file.current in known else next(iter(known), None)
        self._write(_File(current, known))
        return info

    def _read(self) -> _File:
        path = self._paths.workspaces_file
        with disk_faults("The list of workspaces could not be read"):
            if not path.exists():
                return _File(None, {})
            data = path.read_bytes()
        try:
            content = json.loads(data)
            if holds_key(content):
                raise _key_in_file(path.name)
            return _parse(content)
        except (ValueError, KeyError, TypeError) as error:
            raise LocalFault(
                f"The list of workspaces ({path.name}) is damaged.",
                kept="Your listings are kept in their own files.",
                remedy="Move the file aside and add the workspace again under the same name.",
            ) from error

    def _write(self, file: _File) -> None:
        """Raises UsageError for a description that holds a secret key."""
        content = {
            "version": _VERSION,
            "current": file.current,
            "workspaces": [asdict(info) for info in file.known.values()],
        }
        if holds_key(content):
            raise UsageError(
                "The description of a workspace is kept in a file, where a secret key must not be.",
                remedy="Enter the key in the field for it, or set KODA_STRIPE_API_KEY.",
            )
        data = json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"
        write_atomically(self._paths.workspaces_file, data, mode=0o600)


def _key_in_file(name: str) -> Misconfigured:
    return Misconfigured(
        f"{name} holds a secret key of Stripe. Nothing of it is used.",
        kept="Your listings are kept in their own files.",
        remedy=WHAT_TO_DO,
    )


def _parse(content: Mapping[str, Any]) -> _File:
    known = [_info(entry) for entry in content["workspaces"]]
    return _File(content.get("current"), {info.name: info for info in known})


def _info(entry: Mapping[str, Any]) -> WorkspaceInfo:
    names = {item.name for item in fields(WorkspaceInfo)}
    values = {name: str(value) for name, value in entry.items() if name in names}
    return WorkspaceInfo(**{**values, "kind": WorkspaceKind(entry["kind"])})  # type: ignore[arg-type]
