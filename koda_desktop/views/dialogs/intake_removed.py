"""What was removed from a dropped file: what of it may be kept, and the list of it all."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from koda_desktop.controllers.intake_state import IntakeFile
from koda_desktop.views.dialogs.intake_keeping import KeepingView
from koda_desktop.views.dialogs.intake_words import removed_words
from koda_desktop.views.tables.removals import RemovalList
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row

_SIDE = 28
_LIST_SIDE = _SIDE - 14
"""The rows of the list have a margin of their own, so that their ground reaches beyond it."""
_SHARE_OF_CHOICES = 0.5
"""How much of the page the switches take at the most; in a low window they scroll."""


class RemovedPage(QWidget):
    """``kept`` carries a kind and whether it is kept, ``kept_everywhere`` and ``remembered`` the
    same for all files and for those to come, ``toggled`` a RemovalLine whose switch was turned."""

    kept = Signal(str, bool)
    kept_everywhere = Signal(str, bool)
    remembered = Signal(str, bool)
    toggled = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("intake-removed")
        self._hint = label("", "hint", wrap=True, name="intake-removed-hint")
        self._hint.setContentsMargins(_SIDE, 0, _SIDE, 8)
        self._keeping = KeepingView(theme)
        self._choices = _Fitted(holder(row(self._keeping, margins=(_SIDE, 0, _SIDE, 10))))
        self._list = RemovalList(theme)
        listed = holder(row(self._list, margins=(_LIST_SIDE, 0, _LIST_SIDE, 0)))
        layout = column(self._hint, self._choices, listed, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self._keeping.kept.connect(self.kept)
        self._keeping.kept_everywhere.connect(self.kept_everywhere)
        self._keeping.remembered.connect(self.remembered)
        self._list.toggled.connect(self.toggled)

    def show_removals(self, file: IntakeFile) -> None:
        """Show what was removed from ``file``; the row the keyboard is on stays the current one."""
        self._hint.setText(removed_words(file))
        self._keeping.show_choices(file)
        self._choices.setVisible(bool(file.choices))
        self._choices.updateGeometry()
        self._list.show_lines(file.removals)

    def show_others(self, others: dict[str, tuple[int, int]]) -> None:
        """Of each kind, how many other files keep it, and how many could."""
        self._keeping.show_others(others)
        self._choices.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choices.setMaximumHeight(int(self.height() * _SHARE_OF_CHOICES))


class _Fitted(QScrollArea):
    """As tall as what is in it, where there is room."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setObjectName("intake-keeping-scroll")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._inner = inner
        self.setWidget(inner)
        inner.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        return self._inner.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inner and event.type() is QEvent.Type.LayoutRequest:
            # A line that was made before it was shown is taller once it has its style.
            self.updateGeometry()
        return super().eventFilter(watched, event)
