"""The banner over every page while the marketplace refuses the keys."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.layouts import column
from koda_desktop.views.widgets.page_header import SIDE_MARGIN


class KeysBanner(QWidget):
    """What is refused, what is kept, and the two ways on."""

    update_asked = Signal()
    again_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("keys-banner-frame")
        banner = Banner(theme, "keys-banner")
        update = Button(theme, "Update keys…", "keys-update", icon="key", small=True)
        again = Button(theme, "Try again", "keys-again", icon="refresh", small=True)
        update.clicked.connect(self.update_asked)
        again.clicked.connect(self.again_asked)
        banner.set_buttons(update, again)
        banner.tell(
            "danger",
            "The marketplace refuses the keys of this workspace",
            "Nothing is sent or fetched until they are right. Everything you do is kept on this "
            "computer and goes out then.",
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setLayout(column(banner, margins=(SIDE_MARGIN, 12, SIDE_MARGIN, 4)))
