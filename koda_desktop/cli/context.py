"""What a command works with: the data folder, the workspace and its voice."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING

from koda_desktop.cli.output import Output
from koda_desktop.errors import UsageError
from koda_desktop.runtime.crash import CrashReports
from koda_desktop.runtime.logs import configure
from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry

if TYPE_CHECKING:
    from koda_desktop.workspace.allowances import Allowances
    from koda_desktop.workspace.facade import Workspace


class CaughtBug(Exception):
    """A bug that did not stop the command; its text is the stack trace."""


class Context:
    """Opens what a command asks for, and closes it when the command ends."""

    def __init__(
        self, paths: Paths, options: argparse.Namespace, output: Output, crashes: CrashReports
    ) -> None:
        self.paths = paths
        self.output = output
        self._crashes = crashes
        self.registry = Registry(paths)
        self._name: str | None = options.workspace
        self._is_offline = bool(options.offline) or is_set(os.environ.get("KODA_OFFLINE"))
        self._stack = ExitStack()

    def __enter__(self) -> Context:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def is_offline(self) -> bool:
        """Asked for by ``--offline`` or ``KODA_OFFLINE``: only queue."""
        return self._is_offline

    def allowances(self) -> Allowances:
        """The list of values declared to be no secrets."""
        from koda_desktop.runtime.clock import SystemClock
        from koda_desktop.workspace.allowances import Allowances

        return Allowances(self.paths.root, SystemClock())

    def allowed(self) -> frozenset[str]:
        """Digests of values declared to be no secrets, for the intake. Raises LocalFault."""
        return self.allowances().digests()

    def report_bug(self, trace: str) -> None:
        """Write a crash report for a bug that was caught, so that the rest could go on."""
        self._crashes.report(CaughtBug, CaughtBug(trace), None)

    def info(self) -> WorkspaceInfo:
        """The workspace named, else the one in use. Raises UsageError or NotFound."""
        if self._name == WorkspaceKind.SANDBOX and not self._is_known(self._name):
            self.registry.add(WorkspaceInfo(self._name, WorkspaceKind.SANDBOX))
        if self._name:
            return self.registry.find(self._name)
        info = self.registry.current()
        if info is None:
            raise UsageError(
                "There is no workspace yet.",
                remedy="Try it out with `koda workspace add sandbox`, or connect your own "
                "marketplace: `koda workspace add --help`.",
            )
        return info

    def _is_known(self, name: str) -> bool:
        return any(info.name == name for info in self.registry.all())

    def workspace(self) -> Workspace:
        """The workspace, open. Closed with the command."""
        from koda_desktop.workspace.facade import Workspace

        self.paths.ensure()
        configure(self.paths)
        workspace = Workspace.open(self.paths, self.info(), offline=self._is_offline)
        self._stack.callback(workspace.close)
        if workspace.notice:
            self.output.note(f"koda: {workspace.notice}")
        return workspace


def is_set(value: str | None) -> bool:
    """Whether an environment variable says yes."""
    return (value or "").strip().lower() not in ("", "0", "false", "no", "off")
