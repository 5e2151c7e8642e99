"""Where everything this program keeps on the computer lies, and nowhere else.

::

    <data folder>/
      workspaces.json    the marketplaces this computer knows (never a secret)
      settings.json
      window.json        the window's size and place
      logs/              koda.log and its older parts
      crash/             reports of crashes, kept until the person sends or deletes them
      sandbox/           the embedded marketplace: database and objects
      workspaces/<name>/ store.sqlite, staging/, parts/ and lock of one marketplace
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from koda_desktop.errors import UsageError
from koda_desktop.runtime.files import disk_faults

APPLICATION = "Koda Desktop"
DATA_DIR_VARIABLE = "KODA_DATA_DIR"

# Lower case only: on Windows and macOS two names that differ in case would be one folder.
_WORKSPACE = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?\Z")
# Windows keeps these for devices, in any folder.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\Z")


def data_root(option: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """The data folder: ``--data-dir`` first, then ``KODA_DATA_DIR``, then the system's place."""
    if option is not None:
        return option.expanduser().absolute()
    named = (os.environ if environ is None else environ).get(DATA_DIR_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir(APPLICATION, appauthor=False))


class WorkspacePaths(NamedTuple):
    """The files of one connection to a marketplace."""

    root: Path

    @property
    def store(self) -> Path:
        """The SQLite file of rows, outbox and transfers."""
        return self.root / "store.sqlite"

    @property
    def staging(self) -> Path:
        """Packaged files that wait to be sent, named by their sha256."""
        return self.root / "staging"

    @property
    def parts(self) -> Path:
        """Downloads that are not whole yet."""
        return self.root / "parts"

    @property
    def lock(self) -> Path:
        """Held by the one process that may write to the store."""
        return self.root / "lock"

    def ensure(self) -> WorkspacePaths:
        """Make the folders, for this account only. Raises DiskFull, NoRights or LocalFault."""
        for folder in (self.root, self.staging, self.parts):
            make_private(folder)
        return self


class Paths(NamedTuple):
    """The data folder and what lies in it."""

    root: Path

    @property
    def workspaces_file(self) -> Path:
        return self.root / "workspaces.json"

    @property
    def settings_file(self) -> Path:
        return self.root / "settings.json"

    @property
    def window_file(self) -> Path:
        """The window's size and place, for the next start."""
        return self.root / "window.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def crash(self) -> Path:
        return self.root / "crash"

    @property
    def sandbox(self) -> Path:
        return self.root / "sandbox"

    @property
    def workspaces(self) -> Path:
        return self.root / "workspaces"

    def workspace(self, name: str) -> WorkspacePaths:
        """The files of the workspace ``name``. Raises UsageError for a name no folder can have."""
        if not _WORKSPACE.match(name) or _DEVICES.match(name):
            raise UsageError(
                f"“{name}” cannot be the name of a workspace.",
                remedy="Use up to 64 lower-case letters, digits, hyphens and underscores.",
                facts={"name": name},
            )
        return WorkspacePaths(self.workspaces / name)

    def ensure(self) -> Paths:
        """Make the folders, for this account only. Raises DiskFull, NoRights or LocalFault."""
        for folder in (self.root, self.logs, self.crash, self.sandbox, self.workspaces):
            make_private(folder)
        return self


def make_private(folder: Path) -> None:
    """Make ``folder`` for this account alone (0700 on POSIX; Windows profiles are private).

    Folders above it that are missing are made as the system makes them. Raises LocalFaults.
    """
    with disk_faults(f"The folder {folder} could not be made"):
        folder.mkdir(parents=True, exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o700)
