"""Each kind of workspace: its icon and its words."""

from __future__ import annotations

from koda_desktop.workspace.info import WorkspaceKind

KINDS = {
    WorkspaceKind.SANDBOX: ("flask", "On this computer"),
    WorkspaceKind.DIRECT: ("store", "Own marketplace"),
    WorkspaceKind.OFFLINE: ("cloud-off", "No marketplace"),
}
