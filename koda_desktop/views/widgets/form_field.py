"""A field of a form: its name above, the editor, and below what is wrong with it or a hint."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from koda_desktop.views.widgets.labels import label, set_style_property
from koda_desktop.views.widgets.layouts import column, row


class FormField(QWidget):
    """Wraps ``editor``. The name is its buddy, so that Alt and a letter reach it."""

    def __init__(
        self, name: str, editor: QWidget, hint: str = "", aside: QWidget | None = None
    ) -> None:
        super().__init__()
        self._editor = editor
        self._hint = hint
        self._name = label(name, "field")
        self._name.setBuddy(editor)
        self._note: QLabel = label(hint, "hint", wrap=True)
        head = row(self._name, None, aside) if aside else row(self._name, None)
        self.setLayout(column(head, editor, self._note, gap=5))
        # Not before it stands in the field: it would be a window of its own for a moment.
        self._note.setVisible(bool(hint))
        if not editor.accessibleName():
            editor.setAccessibleName(name)

    def show_problem(self, text: str) -> None:
        """Say ``text`` in red below the editor; an empty text takes it away."""
        set_style_property(self._note, "role", "error" if text else "hint")
        set_style_property(self._editor, "invalid", bool(text))
        self._note.setText(text or self._hint)
        self._note.setVisible(bool(text or self._hint))
        self._editor.setAccessibleDescription(text or self._hint)
