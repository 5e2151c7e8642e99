"""The picture of a dropped workflow, with its notes, and the buttons that zoom it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from koda_desktop.views.graph.graph_view import GraphView
from koda_desktop.views.graph.words import box_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind, icon_button
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import ElidedLabel
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.workflows.drawing.scene import Scene

_SIDE = 28
_HINT = "The wheel zooms, dragging moves, arrows walk"


class GraphTab(QStackedWidget):
    """Waiting, empty, or the picture. ``name`` begins the names of its parts."""

    def __init__(self, theme: Theme, name: str = "intake-graph") -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setAccessibleName("Picture of the workflow")
        self._waiting = EmptyState(theme, "workflow", "Drawing the workflow", "")
        self._empty = EmptyState(
            theme, "workflow", "There is nothing to draw", "No steps were found in this file."
        )
        self._view = GraphView(theme, f"{name}-view")
        self._view.chosen.connect(self._describe)
        self._words = ElidedLabel(_HINT, "hint")
        self._words.setObjectName(f"{name}-words")
        buttons = "graph" if name == "intake-graph" else name
        for part in (self._waiting, self._empty, self._picture(buttons)):
            self.addWidget(part)

    def _picture(self, name: str) -> QWidget:
        out = icon_button(self._theme, "minus", "Zoom out (-)", f"{name}-zoom-out", small=True)
        into = icon_button(self._theme, "plus", "Zoom in (+)", f"{name}-zoom-in", small=True)
        fit = Button(
            self._theme,
            "Fit",
            f"{name}-fit",
            kind=Kind.QUIET,
            small=True,
            spoken="Fit the whole picture (0)",
        )
        out.clicked.connect(self._view.zoom_out)
        into.clicked.connect(self._view.zoom_in)
        fit.clicked.connect(self._view.fit)
        foot = row(self._words, out, into, fit, gap=4, margins=(_SIDE, 6, 24, 8))
        foot.setStretch(0, 1)
        layout = column(self._view, foot, gap=0)
        layout.setStretch(0, 1)
        return holder(layout)

    def wait(self) -> None:
        """The scene is being built."""
        self.setCurrentWidget(self._waiting)

    def show_nothing(self) -> None:
        self.setCurrentWidget(self._empty)

    def show_scene(self, scene: Scene) -> None:
        if scene.boxes or scene.sheets:
            self._view.show_scene(scene)
            self._describe(-1)
            self.setCurrentIndex(2)
        else:
            self.show_nothing()

    @Slot(int)
    def _describe(self, number: int) -> None:
        """The step that was chosen, in words."""
        self._words.set_full_text(
            _HINT if number < 0 else box_words(self._view.scene.boxes[number])
        )
