"""The inspector of several listings: what they have in common, and writing to all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from koda_desktop.models.vocabulary import Category, Platform
from koda_desktop.views.format import counted, plain_amount
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import icon_button
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.fee_line import FeeLine, typed_minor
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.price_field import PriceField
from koda_desktop.views.widgets.scroll import BAR_WIDTH, scrolled_beside
from koda_desktop.views.widgets.some_tags import SomeTags
from koda_desktop.views.widgets.tags_editor import TagsEditor

if TYPE_CHECKING:
    from koda_desktop.sync.grid.common import Common

_SIDE = 20
_MULTIPLE = "Multiple values"
_SOME_SHOWN = 12
_CHOICES = {
    "category": ("Category", [one.value for one in Category]),
    "platform": ("Platform", [one.value for one in Platform]),
    "active": ("On the market", ["Yes", "No"]),
}
_LINES = {"price": "Price", "version": "Version"}


class ManyPanel(QWidget):
    """``changed`` carries a column and what is to be written there; ``tagged`` tags to add and
    tags to take away, as tuples."""

    changed = Signal(str, str)
    tagged = Signal(object, object)
    close_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("many-panel")
        self.setMinimumWidth(340)
        self._theme = theme
        self._common: Common | None = None
        self._lines = {name: self._line(name) for name in _LINES}
        self._fee = FeeLine()
        self._lines["price"].textChanged.connect(self._show_fee)
        self._combos = {name: self._combo(name) for name in _CHOICES}
        self._tags = TagsEditor(theme, "many-tags")
        self._tags.tags_changed.connect(self._tag)
        self._some = SomeTags(theme, "many-some-tags")
        self._some.removed.connect(self._take_from_some)
        self._some_field = FormField("Tags that only some have", self._some)
        self._more = label("", "hint", wrap=True, name="many-more-tags")
        self._some_field.hide()
        self._more.hide()
        self._title = label("", "heading", name="many-title")
        self._fields = {
            **{name: FormField(_LINES[name], line) for name, line in self._lines.items()},
            **{name: FormField(_CHOICES[name][0], box) for name, box in self._combos.items()},
        }
        self.setLayout(column(self._head(), scrolled_beside(self._body(), "many-scroll"), gap=0))

    def _line(self, name: str) -> QLineEdit:
        object_name = f"many-{name}"
        made = PriceField(self._theme, object_name) if name == "price" else QLineEdit()
        made.setObjectName(object_name)
        made.editingFinished.connect(self._typed)
        return made

    def _combo(self, name: str) -> Combo:
        spoken, choices = _CHOICES[name]
        made = Combo(self._theme, choices, f"many-{name}", spoken)
        made.setPlaceholderText(_MULTIPLE)
        made.setCurrentIndex(-1)
        made.activated.connect(self._chosen)
        return made

    def _head(self) -> QWidget:
        close = icon_button(self._theme, "close", "Clear the selection (Esc)", "many-close")
        close.clicked.connect(self.close_asked)
        made = holder(row(self._title, None, close, gap=8, margins=(_SIDE, 0, 12, 0)))
        made.setFixedHeight(64)
        return made

    def _body(self) -> QWidget:
        words = "What you write here is set for all of them, and can be undone at once."
        field = self._fields
        pair = row(field["price"], field["version"], gap=12)
        for place, name in enumerate(("price", "version")):
            pair.setStretch(place, 1)
            pair.setAlignment(field[name], Qt.AlignmentFlag.AlignTop)
        money = column(pair, self._fee, gap=6)
        tags = FormField("Tags that all have", self._tags)
        parts = (label(words, "secondary", wrap=True), money, field["category"], field["platform"])
        rest = (field["active"], tags, self._some_field, self._more, None)
        return holder(column(*parts, *rest, gap=14, margins=(_SIDE, 2, _SIDE - BAR_WIDTH, 20)))

    # -- showing --

    def show_count(self, number: int) -> None:
        """So many are selected; what they have in common is not known yet."""
        self._common = None
        self._title.setText(counted(number, "listing"))

    def show_common(self, common: Common) -> None:
        """Fill the fields; one that is typed into is left alone."""
        self.show_count(common.number)
        self._common = common
        for name, line in self._lines.items():
            text = self._text(name)
            line.setPlaceholderText("" if text else _MULTIPLE)
            if not line.hasFocus():
                line.setText(text)
                self.show_problem(name, "")
        for name, box in self._combos.items():
            self._choose(box, self._text(name))
        if not self._tags.line.text():
            self._tags.set_tags(common.tags)
        self._show_some(common)

    def _show_some(self, common: Common) -> None:
        more = len(common.some_tags) - _SOME_SHOWN
        self._some.show_tags(common.some_tags[:_SOME_SHOWN], common.number)
        self._some_field.setVisible(bool(common.some_tags))
        self._more.setText(f"and {counted(more, 'tag')} on fewer" if more > 0 else "")
        self._more.setVisible(more > 0)

    def _text(self, name: str) -> str:
        """What stands in the field where all are the same; "" where they differ."""
        values = self._common.values if self._common is not None else {}
        if name not in values:
            return ""
        if name == "price":
            return plain_amount(values[name])
        if name == "active":
            return "Yes" if values[name] else "No"
        return str(values[name])

    def _choose(self, box: QComboBox, text: str) -> None:
        box.setCurrentIndex(box.findText(text) if text else -1)

    def show_problem(self, name: str, text: str) -> None:
        """What is wrong with what was typed for a column; an empty text takes it away."""
        if name in self._fields:
            self._fields[name].show_problem(text)

    @Slot(str)
    def _show_fee(self, text: str) -> None:
        self._fee.show_price(typed_minor(text))

    # -- what a person does --

    @Slot()
    def _typed(self) -> None:
        for name, line in self._lines.items():
            if line is self.sender() and line.text().strip() and line.text() != self._text(name):
                self.changed.emit(name, line.text())

    @Slot()
    def _chosen(self) -> None:
        for name, box in self._combos.items():
            if box is self.sender() and box.currentText() != self._text(name):
                self.changed.emit(name, box.currentText())

    @Slot(str)
    def _take_from_some(self, tag: str) -> None:
        self.tagged.emit((), (tag,))

    @Slot()
    def _tag(self) -> None:
        before = self._common.tags if self._common is not None else ()
        now = tuple(self._tags.tags())
        added = tuple(tag for tag in now if tag not in before)
        removed = tuple(tag for tag in before if tag not in now)
        if self._common is not None and (added or removed):
            self.tagged.emit(added, removed)
