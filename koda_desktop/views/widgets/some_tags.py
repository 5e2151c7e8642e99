"""Tags that some of the selected listings have and others have not, each with how many have it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPen
from PySide6.QtWidgets import QWidget

from koda_desktop.views.format import count
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.flow import FlowLayout
from koda_desktop.views.widgets.tags_editor import TagChip

_WIDEST = 100
"""A longer tag is elided, so that its share stays in sight."""


class SomeTagChip(TagChip):
    """One tag with its share, in a dashed line; a click, Delete or Backspace takes it away."""

    def __init__(self, theme: Theme, tag: str, having: int, number: int) -> None:
        super().__init__(theme, tag)
        self.tag = tag
        share = f"on {count(having)} of {count(number)}"
        shown = QFontMetrics(sans(12)).elidedText(tag, Qt.TextElideMode.ElideRight, _WIDEST)
        self.setText(f"{shown} · {share}")
        self.setObjectName(f"some-tag-{tag}")
        self.setAccessibleName(f"Tag {tag}, {share}, remove")
        self.setToolTip(f"Remove {tag} from the {count(having)} that have it")

    def outline(self) -> QPen:
        if self.hasFocus():
            return super().outline()
        return QPen(self._theme.color("field-edge"), 1, Qt.PenStyle.DashLine)

    def ground(self) -> str:
        return "pressed" if self.underMouse() else "raised"


class SomeTags(QWidget):
    """``removed`` carries the tag that a person takes away."""

    removed = Signal(str)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._chips: list[SomeTagChip] = []
        self._shown: tuple[Sequence[tuple[str, int]], int] = ((), 0)
        self.setObjectName(name)
        self._flow = FlowLayout(self, 5)
        self._flow.setContentsMargins(0, 0, 0, 0)

    def show_tags(self, tags: Sequence[tuple[str, int]], number: int) -> None:
        """``tags`` with how many of ``number`` listings have each."""
        if (tags, number) == self._shown:
            return
        had_focus = any(chip.hasFocus() for chip in self._chips)
        self._shown = (tags, number)
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = [SomeTagChip(self._theme, tag, having, number) for tag, having in tags]
        for chip in self._chips:
            chip.clicked.connect(self._clicked)
            self._flow.addWidget(chip)
        if had_focus and self._chips:
            self._chips[0].setFocus()
        self.updateGeometry()

    @Slot()
    def _clicked(self) -> None:
        chip = self.sender()
        if isinstance(chip, SomeTagChip):
            self.removed.emit(chip.tag)
