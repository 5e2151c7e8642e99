"""A banner: what stands in the way, why, and what to do, with the button that does it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import label, set_style_property
from koda_desktop.views.widgets.layouts import column, row

TONE_ICONS = {
    "neutral": "info",
    "info": "info",
    "success": "check-circle",
    "warning": "alert",
    "danger": "error",
    "conflict": "swap",
}


class Banner(QFrame):
    """An icon, a heading, a text and buttons on a tinted ground."""

    def __init__(self, theme: Theme, name: str = "banner") -> None:
        super().__init__()
        self.setObjectName(name)
        self._icon = IconLabel(theme, "info", "info-text")
        self._heading = label(role="strong", wrap=True)
        self._text = label(role="secondary", wrap=True)
        self._buttons = row(None, gap=6)
        words = column(self._heading, self._text, self._buttons, gap=2)
        icon = column(self._icon, None)
        layout = row(icon, words, gap=10, margins=(12, 10, 12, 10))
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def set_buttons(self, *buttons: QWidget) -> None:
        """The buttons below the text, once, when the banner is built."""
        self._buttons.setContentsMargins(0, 4, 0, 0)
        for place, button in enumerate(buttons):
            self._buttons.insertWidget(place, button)

    def tell(self, tone: str, heading: str, text: str = "", icon: str = "") -> None:
        """Show ``heading`` and ``text`` in ``tone``; ``icon`` in place of the tone's own."""
        set_style_property(self, "banner", tone)
        self._icon.set_icon(icon or TONE_ICONS[tone], f"{tone}-text")
        self._heading.setText(heading)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(heading)
        self.setAccessibleDescription(text)
