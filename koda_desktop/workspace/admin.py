"""What only an operator does to a marketplace."""

from __future__ import annotations

from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.connect import Connector
from koda_desktop.workspace.info import WorkspaceInfo
from koda_desktop.workspace.secrets import Secrets


def create_missing_indexes(paths: Paths, info: WorkspaceInfo) -> tuple[str, ...]:
    """Create the indexes the rules rely on; answers those that were missing, described.

    Raises the KodaErrors of ``Connector.open`` and of the database.
    """
    connector = Connector(info, Secrets(info), paths, SystemClock(), is_operator=True)
    try:
        connected = connector.open()
        from koda_desktop.services.mongodb.indexes import create_indexes

        return tuple(str(index) for index in create_indexes(connected.database))
    finally:
        connector.close()
