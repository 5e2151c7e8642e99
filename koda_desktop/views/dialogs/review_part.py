"""Looking through what would change: a filter by kind, the lines, and the current one whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from koda_desktop.controllers.reviewing import ReviewLine, Verdict
from koda_desktop.views.dialogs.review_words import note_heading
from koda_desktop.views.format import count
from koda_desktop.views.tables.review import BADGES, FAULTY, ReviewList, note_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.change_list import ChangeList
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.views.widgets.segments import Segments

_DETAIL = 340
_TONES = {Verdict.CONFLICT: "conflict", Verdict.REFUSED: "danger", Verdict.GONE: "warning"}


class ReviewPart(QWidget):
    """``filter_asked`` carries a Verdict, None for what would change; ``more_asked`` a number."""

    filter_asked = Signal(object)
    more_asked = Signal(int)

    def __init__(self, theme: Theme, verdicts: Sequence[Verdict]) -> None:
        super().__init__()
        self._verdicts: tuple[Verdict | None, ...] = (None, *verdicts)
        names = ["To look at", *(BADGES[one].text for one in verdicts)]
        self._filter = Segments(theme, names, "review-filter", "Show lines")
        self._notes = label("", "hint", wrap=True, name="review-notes")
        self._list = ReviewList(theme)
        self._nothing = EmptyState(theme, "check-circle", "Nothing of this kind", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._nothing)
        self._title = label("", "strong", wrap=True)
        self._place = label("", "hint", wrap=True)
        self._banner = Banner(theme, "review-note")
        self._changes = ChangeList(theme, "review-changes")
        self._lay_out()
        self._filter.chosen.connect(self._filtered)
        self._list.line_chosen.connect(self._show_line)
        self._list.lines.more_wanted.connect(self.more_asked)

    def _lay_out(self) -> None:
        inside = column(
            self._title,
            self._place,
            self._banner,
            6,
            self._changes,
            None,
            gap=4,
            margins=(18, 14, 0, 14),
        )
        self._detail = scrolled(holder(inside), "review-detail")
        self._detail.setFixedWidth(_DETAIL)
        lines = row(self._stack, self._detail, gap=0)
        lines.setStretch(0, 1)
        layout = column(self._filter, self._notes, lines, gap=8)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def show_review(
        self, counts: dict[Verdict, int], lines: Sequence[ReviewLine], notes: Sequence[str]
    ) -> None:
        """Show a review from its beginning."""
        figures = [counts.get(one, 0) for one in self._verdicts if one is not None]
        total = sum(number for one, number in counts.items() if one is not Verdict.SAME)
        self._filter.set_counts([count(number) for number in (total, *figures)])
        self._filter.set_current(0)
        self._notes.setText(" ".join(notes))
        self._notes.setVisible(bool(notes))
        self.show_lines(lines, 0)
        self._list.setFocus()

    def show_lines(self, lines: Sequence[ReviewLine], start: int) -> None:
        """Show lines from the ``start``-th on."""
        self._list.lines.show_lines(lines, start)
        is_empty = not self._list.lines.rowCount()
        if is_empty:
            verdict = self._verdicts[self._filter.current]
            self._nothing.tell(*_empty_words(verdict))
        self._stack.setCurrentWidget(self._nothing if is_empty else self._list)
        self._detail.setVisible(not is_empty)

    @Slot(int)
    def _filtered(self, index: int) -> None:
        self.filter_asked.emit(self._verdicts[index])

    @Slot(object)
    def _show_line(self, line: ReviewLine | None) -> None:
        self._title.setText(line.title or "Without a title" if line else "")
        self._place.setText(line.place if line else "")
        self._changes.show_changes(line.changes if line else ())
        self._banner.setVisible(bool(line and line.notes))
        if line and line.notes:
            tone, text = _TONES.get(line.verdict, "info"), "\n".join(note_words(line))
            self._banner.tell(tone, note_heading(line), text)


def _empty_words(verdict: Verdict | None) -> tuple[str, str]:
    if verdict is None:
        return "Nothing would change", "Everything is here already, just as it stands there."
    if verdict in FAULTY:
        return f"Nothing is {BADGES[verdict].text.lower()}", "Everything can be taken in."
    return f"Nothing is {BADGES[verdict].text.lower()}", ""
