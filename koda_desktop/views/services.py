"""What the window works with, handed to it once it has been painted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from koda_desktop.controllers.preferences import Preferences
from koda_desktop.controllers.tools import Tools
from koda_desktop.controllers.workspaces import OpenWorkspace, WorkspaceDesk
from koda_desktop.runtime.clock import Clock
from koda_desktop.workspace.allowances import Allowances

if TYPE_CHECKING:
    from koda_desktop.controllers.intake import Inspect


class Services(NamedTuple):
    """``inspect`` blocks and is run on a pool; it lets the values in ``allowances`` pass."""

    tools: Tools
    preferences: Preferences
    desk: WorkspaceDesk
    open_workspace: OpenWorkspace
    inspect: Inspect
    allowances: Allowances
    clock: Clock
    version: str
    data_folder: Path
    licences: Path
