"""Another value for one field: the editor that suits it, begun from what stands there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from koda_desktop.models.money import Money, MoneyError, from_web_number, to_web_number
from koda_desktop.models.vocabulary import Category, Platform
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.value_words import field_name
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.layouts import column
from koda_desktop.views.widgets.price_field import PriceField
from koda_desktop.views.widgets.tags_editor import TagsEditor

_CHOICES = {"category": [item.value for item in Category], "platform": [p.value for p in Platform]}
_YES_NO = {"Yes": True, "No": False}
_NAME = "value-editor"


class ValueDialog(Dialog):
    """Accepted only with a value; read ``value`` before the next await.

    ``problem`` is what was wrong with the value when it was given before.
    """

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        field: str,
        listing: str,
        begun: Any,
        problem: str = "",
    ) -> None:
        name = field_name(field)
        super().__init__(parent, f"{name} of “{listing}”", "value-dialog")
        editor, self._read = _editor(theme, field, begun)
        self._field = FormField(name, editor)
        self._field.show_problem(problem)
        cancel = Button(theme, "Cancel", "value-cancel")
        save = Button(theme, "Use this value", "value-accept", kind=Kind.PRIMARY)
        cancel.clicked.connect(self.reject)
        save.clicked.connect(self._save)
        self.setFixedWidth(520)
        text = "It takes the place of both values and goes out with the next sync."
        self.lay_out(column(self._field), None, cancel, save, text=text)
        editor.setFocus()

    @property
    def value(self) -> Any:
        """The value as the document keeps it; None where the editor holds none."""
        return self._read()

    @Slot()
    def _save(self) -> None:
        if self.value is None:
            self._field.show_problem("Write a value.")
        else:
            self.accept()


def _editor(theme: Theme, field: str, begun: Any) -> tuple[QWidget, Callable[[], Any]]:
    """The widget for ``field``, filled with ``begun``, and how its value is read."""
    if field == "price":
        return _price(theme, begun)
    if field == "tags":
        tags = TagsEditor(theme, _NAME)
        tags.set_tags(begun if isinstance(begun, list) else ())
        return tags, tags.tags
    if field in _CHOICES:
        combo = Combo(theme, _CHOICES[field], _NAME, field_name(field))
        combo.choose(str(begun or _CHOICES[field][0]))
        return combo, combo.currentText
    if isinstance(begun, bool):
        answer = Combo(theme, _YES_NO, _NAME, field_name(field))
        answer.choose("Yes" if begun else "No")
        return answer, lambda: _YES_NO[answer.currentText()]
    return _text(field, str(begun or ""))


def _price(theme: Theme, begun: Any) -> tuple[QWidget, Callable[[], Any]]:
    price = PriceField(theme, _NAME)
    try:
        price.set_minor(from_web_number(begun).minor)
    except MoneyError:
        price.set_minor(None)

    def read() -> Any:
        return None if price.minor is None else to_web_number(Money(price.minor))

    return price, read


def _text(field: str, begun: str) -> tuple[QWidget, Callable[[], Any]]:
    if field == "description":
        area = QPlainTextEdit(begun)
        area.setObjectName(_NAME)
        area.setAccessibleName(field_name(field))
        area.setTabChangesFocus(True)
        area.setMinimumHeight(220)
        return area, area.toPlainText
    line = QLineEdit(begun)
    line.setObjectName(_NAME)
    line.setAccessibleName(field_name(field))
    return line, line.text
