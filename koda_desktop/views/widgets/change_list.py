"""The values an operation sends, field by field, each with what it was before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from koda_desktop.sync.rows import FieldChange
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.value_words import field_name, is_prose, value_words
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import clear, column, holder
from koda_desktop.views.widgets.value_view import ValueView

_SHORT = 60
_MOST = 220
"""The most height of a text, in pixels; what is longer is scrolled."""


class ChangeList(QWidget):
    """One block a field: what it was is struck out, and what is new stands beside it."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[FieldChange, ...] = ()
        self._layout = column(gap=12)
        self.setObjectName(name)
        self.setLayout(self._layout)

    def show_changes(self, changes: Sequence[FieldChange]) -> None:
        if tuple(changes) == self._shown:
            return
        self._shown = tuple(changes)
        clear(self._layout)
        for change in changes:
            self._layout.addWidget(self._block(change))

    def _block(self, change: FieldChange) -> QWidget:
        after, before = value_words(change.field, change.after), change.before
        is_long = is_prose(change.field, change.after) and (len(after) > _SHORT or "\n" in after)
        name = label(field_name(change.field), "field")
        if change.field == "tags" or before.is_set or is_long:
            view = ValueView(self._theme, f"change-{change.field}", strikes=True)
            view.show_value(change.field, change.after, before if before.is_set else None)
            view.fit_height(_MOST)
            body: QWidget = holder(column(view, margins=(10, 8, 8, 8)), "box")
        else:
            body = label(after, wrap=True)
        return holder(column(name, body, gap=4))
