"""The sandbox ribbon: says on every page that nothing here is real."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import row


class SandboxRibbon(QFrame):
    """A slim line over the page while the workspace in use is the sandbox."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("sandbox-ribbon")
        self.setProperty("ribbon", True)
        self.setFixedHeight(34)
        self.setAccessibleName("Sandbox")
        self.more = Button(
            theme, "Connect a marketplace", "ribbon-connect", kind=Kind.QUIET, small=True
        )
        text = label("Sandbox: everything stays on this computer. Nobody can see or buy it.")
        icon = IconLabel(theme, "flask", "warning-text", 16)
        self.setLayout(row(icon, text, None, self.more, gap=8, margins=(24, 0, 13, 0)))
