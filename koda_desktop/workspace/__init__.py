"""One connection to a marketplace: its store, engine, vault and marketplace, put together."""

from koda_desktop.workspace.facade import Workspace
from koda_desktop.workspace.info import GateState, WorkspaceInfo, WorkspaceKind

__all__ = ["GateState", "Workspace", "WorkspaceInfo", "WorkspaceKind"]
