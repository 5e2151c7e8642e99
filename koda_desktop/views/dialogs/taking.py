"""A dialog that goes from a start over a review to a result, one stage at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from koda_desktop.controllers.reviewing import ReviewLine, Verdict
from koda_desktop.errors import Cancelled, KodaError
from koda_desktop.runtime.work import Progress
from koda_desktop.sync.changesets.rows import ChangeSetResult
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.dialogs.review_part import ReviewPart
from koda_desktop.views.dialogs.review_words import progress_words, result_words, undone_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, row

_BAR = 360


class WorkingPart(QWidget):
    """What is under way, with a bar that knows its end where there is one."""

    def __init__(self) -> None:
        super().__init__()
        self._words = label("", "heading")
        self._figures = label("", "secondary")
        self._bar = QProgressBar()
        self._bar.setObjectName("taking-progress")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR)
        for part in (self._words, self._figures):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        bar = row(None, self._bar, None)
        self.setLayout(column(None, self._words, bar, self._figures, None, gap=10))

    def show_words(self, words: str) -> None:
        self._words.setText(words)
        self._bar.setAccessibleName(words)
        self._figures.setText("")
        self._bar.setRange(0, 0)

    def show_progress(self, progress: Progress) -> None:
        self._bar.setRange(0, progress.total or 0)
        self._bar.setValue(progress.done)
        self._figures.setText(progress_words(progress))


class TakingDialog(Dialog):
    """ReviewView. Its stages are widgets of a stack; each has its own buttons."""

    apply_asked = Signal()
    undo_asked = Signal()
    stop_asked = Signal()
    filter_asked = Signal(object)
    more_asked = Signal(int)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        name: str,
        verdicts: Sequence[Verdict],
    ) -> None:
        super().__init__(parent, title, name)
        self._banner = Banner(theme, f"{name}-banner")
        self._banner.hide()
        self.working = WorkingPart()
        self.review = ReviewPart(theme, verdicts)
        self.ended = EmptyState(theme, "check-circle", "", "")
        self.stack = QStackedWidget()
        for part in (self.working, self.review, self.ended):
            self.stack.addWidget(part)
        self._stage: QWidget = self.ended
        self.back = Button(theme, "Back", f"{name}-back", icon="chevron-left")
        self.stop = Button(theme, "Stop", f"{name}-stop")
        self.undo = Button(theme, "Undo", f"{name}-undo", icon="undo")
        self.shut = Button(theme, "Close", f"{name}-close")
        self.go_on = Button(theme, "Take in", f"{name}-apply", kind=Kind.PRIMARY)
        self._buttons: dict[QWidget, tuple[QWidget, ...]] = {
            self.working: (self.stop,),
            self.review: (self.back, self.shut, self.go_on),
            self.ended: (self.undo, self.shut),
        }
        self._foot: list[QWidget] = []
        self._wire()

    def _wire(self) -> None:
        self.review.filter_asked.connect(self.filter_asked)
        self.review.more_asked.connect(self.more_asked)
        self.stop.clicked.connect(self.stop_asked)
        self.undo.clicked.connect(self.undo_asked)
        self.shut.clicked.connect(self.reject)
        self.go_on.clicked.connect(self._go_on)

    def add_stage(self, part: QWidget, *buttons: QWidget) -> None:
        """A stage before the review, with its buttons."""
        self.stack.addWidget(part)
        self._buttons[part] = buttons

    def put_together(self, *more: QWidget, text: str = "") -> None:
        """Lay everything out; ``more`` are buttons and switches at the left of the foot."""
        left = [self.back, *more, self.undo]
        right = [self.stop, self.shut, *self._primaries({*left, self.stop, self.shut})]
        self._foot = [*left, *right]
        body = column(self._banner, self.stack, gap=10)
        body.setStretch(1, 1)
        self.lay_out(body, *left, None, *right, text=text)
        self.resize(QSize(1000, 680))
        self.setMinimumSize(QSize(760, 520))

    def _primaries(self, placed: set[QWidget]) -> list[QWidget]:
        """What leads on from a stage: the buttons that have no place in the foot yet."""
        found = [one for buttons in self._buttons.values() for one in buttons]
        return [one for one in dict.fromkeys(found) if one not in placed]

    def show_stage(self, part: QWidget) -> None:
        """Show a stage with its buttons."""
        if part is not self.working:
            self._stage = part
        for button in self._foot:
            button.setVisible(button in self._buttons[part])
        self.stack.setCurrentWidget(part)

    # -- ReviewView --

    def show_working(self, words: str) -> None:
        self._banner.hide()
        self.working.show_words(words)
        self.stop.setEnabled(True)
        self.show_stage(self.working)
        self.stop.setFocus()

    def show_progress(self, progress: Progress) -> None:
        self.working.show_progress(progress)

    def show_review(
        self, counts: dict[Verdict, int], lines: Sequence[ReviewLine], notes: Sequence[str]
    ) -> None:
        self.show_stage(self.review)
        self.review.show_review(counts, lines, notes)
        self._offer(counts)

    def _offer(self, counts: dict[Verdict, int]) -> None:
        """Say on the button what it would do."""
        number = counts.get(Verdict.NEW, 0) + counts.get(Verdict.CHANGED, 0)
        self.go_on.setText(f"Take in {number:,}" if number else "Take in")
        self.go_on.setAccessibleName(self.go_on.text())
        self.go_on.setEnabled(number > 0)
        if not number:
            self.shut.setFocus()

    def show_lines(self, lines: Sequence[ReviewLine], start: int) -> None:
        self.review.show_lines(lines, start)

    def show_result(self, result: ChangeSetResult, left: int) -> None:
        self.ended.tell(*result_words(result, left))
        self.show_stage(self.ended)
        self.undo.setVisible(result.set_id > 0)
        self.shut.setFocus()

    def show_undone(self, result: ChangeSetResult) -> None:
        self.ended.tell(*undone_words(result))
        self.show_stage(self.ended)
        self.undo.hide()
        self.shut.setFocus()

    def show_fault(self, error: KodaError) -> None:
        """Go back to where the work was begun, and say what stood in its way."""
        self.show_stage(self._stage)
        if isinstance(error, Cancelled):
            self._banner.tell("info", "Stopped", "Nothing was changed.")
        else:
            self._banner.tell("danger", error.what, f"{error.kept} {error.remedy}".strip())
        self._banner.show()

    @Slot()
    def _go_on(self) -> None:
        self.apply_asked.emit()

    def reject(self) -> None:
        """Escape stops what is under way before it closes the dialog."""
        if self.stack.currentWidget() is self.working:
            self.stop_asked.emit()
        else:
            super().reject()
