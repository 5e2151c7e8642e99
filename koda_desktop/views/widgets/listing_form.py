"""The editable fields of a listing: the same form in the intake and in the inspector."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from koda_desktop.controllers.intake_state import ListingDraft
from koda_desktop.models.vocabulary import DESCRIPTION_MAX, TITLE_MAX, Category
from koda_desktop.views.format import count
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.fee_line import FeeLine
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import label, restyle
from koda_desktop.views.widgets.layouts import column, row
from koda_desktop.views.widgets.price_field import PriceField
from koda_desktop.views.widgets.tags_editor import TagsEditor


class ListingForm(QWidget):
    """Shows a ListingDraft and hands out what was made of it."""

    edited = Signal()
    """A person changed something."""

    def __init__(self, theme: Theme, name: str, description_height: int = 132) -> None:
        super().__init__()
        self.setObjectName(name)
        self._is_filling = False
        self._title = _line(f"{name}-title", "Title")
        self._description = _text(f"{name}-description", description_height)
        self._category = Combo(theme, [c.value for c in Category], f"{name}-category", "Category")
        self._price = PriceField(theme, f"{name}-price")
        self._tags = TagsEditor(theme, f"{name}-tags")
        self._fee = FeeLine()
        self._length = label("", "hint")
        self._fields = {
            "title": FormField("Title", self._title),
            "description": FormField("Description", self._description, aside=self._length),
            "category": FormField("Category", self._category),
            "price": FormField("Price", self._price),
            "tags": FormField("Tags", self._tags),
        }
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        field = self._fields
        pair = row(field["price"], field["category"], gap=12)
        pair.setStretch(0, 1)
        pair.setStretch(1, 1)
        money = column(pair, self._fee, gap=6)
        self.setLayout(column(field["title"], field["description"], money, field["tags"], gap=14))

    def _connect(self) -> None:
        self._title.textChanged.connect(self._changed)
        self._description.textChanged.connect(self._changed)
        self._category.currentIndexChanged.connect(self._changed)
        self._price.price_changed.connect(self._changed)
        self._tags.tags_changed.connect(self._changed)
        QWidget.setTabOrder(self._title, self._description)
        QWidget.setTabOrder(self._description, self._price)
        QWidget.setTabOrder(self._price, self._category)
        QWidget.setTabOrder(self._category, self._tags.line)

    def show_draft(self, draft: ListingDraft) -> None:
        """Fill the form without ``edited``; a field that holds the value keeps its cursor."""
        self._is_filling = True
        if self._title.text() != draft.title:
            self._title.setText(draft.title)
            self._title.setCursorPosition(0)
        if self._description.toPlainText() != draft.description:
            self._description.setPlainText(draft.description)
        self._category.choose(draft.category)
        if self._price.minor != draft.price_minor or not self._price.text():
            self._price.set_minor(draft.price_minor)
        if tuple(self._tags.tags()) != draft.tags:
            self._tags.set_tags(draft.tags)
        self._is_filling = False
        self._update_notes()

    def draft(self) -> ListingDraft:
        """What stands in the form; the price is None while it is no price."""
        return ListingDraft(
            title=self._title.text().strip(),
            description=self._description.toPlainText().strip(),
            tags=tuple(self._tags.tags()),
            category=self._category.currentText(),
            price_minor=self._price.minor,
        )

    def price_problem(self) -> str:
        """What is wrong with the price as it was typed; empty when nothing is."""
        return self._price.problem()

    def is_price_mistyped(self, before: int | None) -> bool:
        """As ``PriceField.is_mistyped``."""
        return self._price.is_mistyped(before)

    def take_price_back(self, before: int | None) -> None:
        """Show the price of ``before``, whatever was typed; the keyboard stays where it is."""
        self._price.set_minor(before)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """A sentence below each field that is wrong; the others are cleared."""
        for name, field in self._fields.items():
            field.show_problem(problems.get(name, ""))

    def set_read_only(self, read_only: bool) -> None:
        """Show the values alone, while they are on their way or not ours to change."""
        self._title.setReadOnly(read_only)
        if self._description.isReadOnly() != read_only:
            self._description.setReadOnly(read_only)
            restyle(self._description)
        self._price.setReadOnly(read_only)
        self._category.setEnabled(not read_only)
        self._tags.setEnabled(not read_only)

    def focus_first(self) -> None:
        """Put the cursor where the next thing is to be typed."""
        first = self._price if self._price.minor is None else self._title
        first.setFocus()

    def focus_price(self) -> None:
        self._price.setFocus()

    @Slot()
    def _changed(self) -> None:
        if not self._is_filling:
            self._update_notes()
            self.edited.emit()

    def _update_notes(self) -> None:
        self._fee.show_price(self._price.minor)
        length = len(self._description.toPlainText())
        near = length > DESCRIPTION_MAX * 9 // 10
        self._length.setText(f"{count(length)} of {count(DESCRIPTION_MAX)}" if near else "")


def _line(name: str, spoken: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(spoken)
    line.setMaxLength(TITLE_MAX)
    return line


def _text(name: str, height: int) -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setObjectName(name)
    text.setAccessibleName("Description")
    text.setTabChangesFocus(True)
    text.setFixedHeight(height)
    text.setPlaceholderText("What it does, for whom, and what it needs")
    return text
