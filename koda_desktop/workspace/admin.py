"""What only an operator does to a marketplace."""

from __future__ import annotations

from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.sync.vault import open_vault
from koda_desktop.workspace.connect import connect
from koda_desktop.workspace.info import WorkspaceInfo
from koda_desktop.workspace.secrets import Secrets


def create_missing_indexes(paths: Paths, info: WorkspaceInfo) -> tuple[str, ...]:
    """Create the indexes the rules rely on; answers those that were missing, described.

    Raises the KodaErrors of ``connect`` and of the database.
    """
    connected = connect(info, Secrets(info, open_vault(info.name)), paths, SystemClock())
    try:
        from koda_desktop.services.mongodb.indexes import create_indexes

        return tuple(str(index) for index in create_indexes(connected.database))
    finally:
        connected.close()
