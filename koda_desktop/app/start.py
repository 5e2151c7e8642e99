"""What the window was started with."""

from __future__ import annotations

from dataclasses import dataclass

from koda_desktop.runtime.paths import Paths


@dataclass(frozen=True, slots=True)
class Options:
    """The data folder, the workspace to open (default: the one in use), and offline or not."""

    paths: Paths
    workspace: str | None = None
    is_offline: bool = False
