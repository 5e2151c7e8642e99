"""A strip below a table: what is being done, how far it is, and stopping it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from koda_desktop.runtime.work import Progress
from koda_desktop.views.format import count
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, row

_PATIENCE_MS = 300
"""What is done sooner needs no strip."""


class WorkStrip(QWidget):
    """Hidden until something takes long enough to be told of."""

    stop_asked = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("surface", "footer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = label("", "secondary", name=f"{name}-words")
        self._bar = QProgressBar()
        self._bar.setObjectName(f"{name}-bar")
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._stop = Button(theme, "Stop", f"{name}-stop", kind=Kind.QUIET, small=True)
        self._stop.setToolTip("Stop; nothing is changed then")
        self._stop.clicked.connect(self._ask_stop)
        said = row(self._words, None, self._stop, gap=10)
        self.setLayout(column(said, self._bar, gap=6, margins=(24, 8, 24, 10)))
        self.hide()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self.show)

    def show_progress(self, doing: str, progress: Progress) -> None:
        """``doing`` in a word, such as "Pasting"."""
        if self.isHidden() and not self._patience.isActive():
            self._patience.start()
            self._stop.setEnabled(True)
        total = f" of {count(progress.total)}" if progress.total else ""
        self._words.setText(f"{doing}… {count(progress.done)}{total} {progress.phase}".rstrip())
        self._bar.setRange(0, progress.total or 0)
        self._bar.setValue(progress.done)

    def done(self) -> None:
        """Nothing is being done now."""
        self._patience.stop()
        if not self.isHidden() and self._stop.hasFocus():
            self.focusNextPrevChild(False)
        self.hide()

    @Slot()
    def _ask_stop(self) -> None:
        self._stop.setEnabled(False)
        self.stop_asked.emit()
