"""What only an operator does to a marketplace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.connect import Connector
from koda_desktop.workspace.info import WorkspaceInfo
from koda_desktop.workspace.secrets import Secrets


@dataclass(frozen=True, slots=True)
class MadeIndexes:
    """The indexes that were made, described, and of each that could not be, why."""

    created: tuple[str, ...]
    in_the_way: Mapping[str, str]


def create_missing_indexes(paths: Paths, info: WorkspaceInfo) -> MadeIndexes:
    """Create the indexes the rules rely on; answers what became of those that were missing.

    Raises the KodaErrors of ``Connector.open`` and of the database.
    """
    connector = Connector(info, Secrets(info), paths, SystemClock(), is_operator=True)
    try:
        connected = connector.open()
        from koda_desktop.services.mongodb.indexes import create_indexes

        made = create_indexes(connected.database)
        in_the_way = {str(index): why for index, why in made.in_the_way.items()}
        return MadeIndexes(tuple(str(index) for index in made.created), in_the_way)
    finally:
        connector.close()
