"""What the window was started with."""

from __future__ import annotations

from typing import NamedTuple

from koda_desktop.runtime.paths import Paths


class Options(NamedTuple):
    """The data folder, the workspace to open (default: the one in use), and offline or not."""

    paths: Paths
    workspace: str | None = None
    is_offline: bool = False
