"""The workspaces in Settings: which there are, which one is in use."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, icon_button
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import ElidedLabel, label, line
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.pill import Pill
from koda_desktop.views.workspace_kinds import KINDS
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind


class WorkspaceList(QWidget):
    """The signals carry a workspace's name."""

    used = Signal(str)
    remove_asked = Signal(str)
    keys_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("workspace-list")
        self._lines = column(gap=0)
        self.setLayout(self._lines)

    def show_workspaces(self, known: Sequence[WorkspaceInfo], current: str) -> None:
        clear(self._lines)
        if not known:
            none = label("No workspace yet.", "secondary")
            none.setContentsMargins(16, 14, 16, 14)
            self._lines.addWidget(none)
        for number, info in enumerate(known):
            if number:
                self._lines.addWidget(line())
            self._lines.addWidget(self._line(info, info.name == current))

    def _line(self, info: WorkspaceInfo, is_current: bool) -> QWidget:
        icon, kind = KINDS[info.kind]
        words = column(ElidedLabel(info.name, "strong"), label(_where(info, kind), "hint"), gap=1)
        end: QWidget = Pill("In use", "success")
        if not is_current:
            use = Button(
                self._theme, "Use", f"use-{info.name}", small=True, spoken=f"Use {info.name}"
            )
            use.clicked.connect(lambda: self.used.emit(info.name))
            end = use
        remove = icon_button(self._theme, "trash", f"Remove {info.name}", f"remove-{info.name}")
        remove.clicked.connect(lambda: self.remove_asked.emit(info.name))
        keys = icon_button(self._theme, "key", f"Update keys of {info.name}", f"keys-{info.name}")
        keys.clicked.connect(lambda: self.keys_asked.emit(info.name))
        keys.setVisible(info.kind is WorkspaceKind.DIRECT)
        parts = row(IconLabel(self._theme, icon), words, end, keys, remove, gap=12)
        parts.setStretch(1, 1)
        parts.setContentsMargins(16, 10, 10, 10)
        return holder(parts, name=f"workspace-line-{info.name}")


def _where(info: WorkspaceInfo, kind: str) -> str:
    details = [part for part in (info.database, info.bucket) if part]
    return "  ·  ".join([kind, *details])
