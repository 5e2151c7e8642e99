"""A listing as a buyer will see it in the marketplace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.needs import BuyerNeeds
from koda_desktop.models.money import MoneyError, from_web_number
from koda_desktop.views.format import counted, money
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.flow import FlowLayout
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.markdown_view import MarkdownView
from koda_desktop.views.widgets.needs_panel import NeedsPanel
from koda_desktop.views.widgets.picture import Picture
from koda_desktop.views.widgets.pill import Pill
from koda_desktop.views.widgets.scroll import scrolled

_WIDTH = 860
_ASIDE = 300


class BuyerView(QWidget):
    """What is shown is what was typed, saved or not."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("buyer-view")
        self._picture = Picture(theme, "buyer-picture")
        self._title = label("", "display", wrap=True, name="buyer-title")
        self._chips = FlowLayout(gap=6)
        self._words = MarkdownView(theme, "buyer-description", "Description", is_whole=True)
        self._price = label("", "display", name="buyer-price")
        self._buy = Button(theme, "Buy", "buyer-buy", kind=Kind.PRIMARY)
        self._buy.setEnabled(False)
        self._facts = label("", "secondary", wrap=True, name="buyer-facts")
        self._needs = NeedsPanel("buyer-needs")
        self._lay_out()

    def _lay_out(self) -> None:
        main = column(
            self._picture,
            self._title,
            holder(self._chips),
            self._words,
            None,
            gap=14,
        )
        hint = label("Buyers pay in their browser; the file arrives here.", "hint", wrap=True)
        price = holder(
            column(self._price, self._buy, hint, gap=10, margins=(18, 16, 18, 16)), "card"
        )
        needs = column(label("What you need", "section"), self._needs, gap=8)
        aside = holder(column(price, self._facts, needs, None, gap=18))
        aside.setFixedWidth(_ASIDE)
        both = row(holder(main), column(aside, None), gap=32, margins=(28, 20, 28, 28))
        both.setStretch(0, 1)
        page = holder(both)
        page.setMaximumWidth(_WIDTH + _ASIDE)
        middle = row(None, page, None)
        middle.setStretch(1, 100)
        area = scrolled(holder(middle), "buyer-scroll")
        self.setLayout(column(area, gap=0))

    def show_listing(self, fields: Mapping[str, Any], needs: BuyerNeeds, steps: int) -> None:
        """``fields`` of the document; ``steps`` of the workflow, 0 where they are not known."""
        self._title.setText(str(fields.get("title") or "Untitled"))
        self._words.show_markdown(str(fields.get("description") or "*No description yet.*"))
        price = _price_words(fields.get("price"))
        self._price.setText(price)
        self._buy.setText("Get it" if price == "Free" else "Buy")
        self._show_chips(fields)
        version = str(fields.get("version") or "")
        facts = [f"Version {version}" if version else "", counted(steps, "step") if steps else ""]
        self._facts.setText("  ·  ".join(filter(None, facts)))
        self._needs.show_needs(needs)

    def show_picture(self, image: QImage | None) -> None:
        """Without one, buyers see the listing without one."""
        self._picture.setVisible(image is not None and not image.isNull())
        self._picture.show_image(image)

    def _show_chips(self, fields: Mapping[str, Any]) -> None:
        clear(self._chips)
        strong = [str(fields.get(name) or "") for name in ("platform", "category")]
        for text in filter(None, strong):
            self._chips.addWidget(Pill(text, "info"))
        for tag in fields.get("tags") or ():
            self._chips.addWidget(Pill(str(tag)))


def _price_words(value: object) -> str:
    try:
        minor = from_web_number(value).minor
    except MoneyError:
        return "No price yet"
    return money(minor) if minor else "Free"
