"""The fields of one listing, large: title, description, price, category, tags and version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.models.money import Money, MoneyError, from_web_number, to_web_number
from koda_desktop.models.vocabulary import TITLE_MAX, Category
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.layouts import column, row
from koda_desktop.views.widgets.markdown_editor import MarkdownEditor
from koda_desktop.views.widgets.price_field import PriceField
from koda_desktop.views.widgets.price_lines import PriceLines
from koda_desktop.views.widgets.tags_editor import TagsEditor

Fields = Mapping[str, Any]
"""Fields of a listing's document; the price as the web Number."""


class EditorForm(QWidget):
    """Shows fields and hands out those that differ from what is stored."""

    edited = Signal()
    """A person changed something."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("editor-form")
        self._is_filling = False
        self._title = _line("editor-title", "Title", TITLE_MAX)
        self._description = MarkdownEditor(theme, "editor-description")
        self._price = PriceField(theme, "editor-price")
        self._category = Combo(theme, [c.value for c in Category], "editor-category", "Category")
        self._tags = TagsEditor(theme, "editor-tags")
        self._version = _line("editor-version", "Version", 64)
        self._money = PriceLines()
        self._fields = {
            "title": FormField("Title", self._title),
            "description": FormField("Description", self._description),
            "price": FormField("Price", self._price),
            "category": FormField("Category", self._category),
            "tags": FormField("Tags", self._tags),
            "version": FormField("Version", self._version),
        }
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        fields = self._fields
        # Each stands at the top, whatever is said below another.
        aligned = [column(fields[name], None) for name in ("price", "category", "version")]
        price = row(*aligned, gap=14)
        for place, stretch in enumerate((3, 4, 3)):
            price.setStretch(place, stretch)
        layout = column(
            fields["title"],
            column(price, self._money, gap=8),
            fields["tags"],
            fields["description"],
            gap=18,
        )
        layout.setStretch(3, 1)
        self.setLayout(layout)

    def _wire(self) -> None:
        self._title.textChanged.connect(self._changed)
        self._description.edited.connect(self._changed)
        self._price.price_changed.connect(self._changed)
        self._category.currentTextChanged.connect(self._changed)
        self._tags.tags_changed.connect(self._changed)
        self._version.textChanged.connect(self._changed)

    def show_fields(self, document: Fields) -> None:
        """Fill the form without ``edited``; a field that holds the value keeps its cursor."""
        self._is_filling = True
        for line, name in ((self._title, "title"), (self._version, "version")):
            if line.text().strip() != str(document.get(name) or "").strip():
                line.setText(str(document.get(name) or ""))
                line.setCursorPosition(0)
        self._description.show_text(str(document.get("description") or ""))
        self._category.choose(str(document.get("category") or ""))
        minor = _minor(document.get("price"))
        if self._price.minor != minor or not self._price.text():
            self._price.set_minor(minor)
        tags = [str(tag) for tag in document.get("tags") or ()]
        if self._tags.tags() != tags:
            self._tags.set_tags(tags)
        self._is_filling = False
        self._money.show_price(self._price.minor)

    def changes(self, stored: Fields) -> dict[str, Any]:
        """The fields that differ from ``stored``; a price that is none yet is left out."""
        now: dict[str, Any] = {
            "title": self._title.text().strip(),
            "description": self._description.text().strip(),
            "category": self._category.currentText(),
            "tags": self._tags.tags(),
            "version": self._version.text().strip(),
        }
        found = {
            name: value
            for name, value in now.items()
            if value != _trimmed(stored.get(name) or type(value)())
        }
        minor = self._price.minor
        if minor is not None and minor != _minor(stored.get("price")):
            found["price"] = to_web_number(Money(minor))
        return found

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
        for line in (self._title, self._price, self._version):
            line.setReadOnly(read_only)
        self._description.set_read_only(read_only)
        self._category.setEnabled(not read_only)
        self._tags.setEnabled(not read_only)

    def suggest_tags(self, known: Sequence[str]) -> None:
        """Offer tags of other listings while one is typed."""
        self._tags.suggest(known)

    def focus_first(self) -> None:
        self._title.setFocus()

    def focus_price(self) -> None:
        self._price.setFocus()

    @Slot()
    def _changed(self) -> None:
        if not self._is_filling:
            self._money.show_price(self._price.minor)
            self.edited.emit()


def _trimmed(value: object) -> object:
    """As the form hands out texts, so that white space at their ends alone is no change."""
    return value.strip() if isinstance(value, str) else value


def _minor(value: object) -> int | None:
    try:
        return from_web_number(value).minor
    except MoneyError:
        return None


def _line(name: str, spoken: str, longest: int) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(spoken)
    line.setMaxLength(longest)
    return line
