"""The bulk dialog: a verb, what it would do to each selected listing, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from koda_desktop.errors import InputError
from koda_desktop.views import change_words
from koda_desktop.views.dialogs.bulk_forms import Attach, VerbForm, make_forms
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.format import count, counted
from koda_desktop.views.tables.plain_table import PlainTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import label, set_style_property
from koda_desktop.views.widgets.layouts import column, holder, row

if TYPE_CHECKING:
    from koda_desktop.runtime.work import Progress
    from koda_desktop.sync.bulk.planning import Plan
    from koda_desktop.sync.bulk.proposing import Verb
    from koda_desktop.sync.bulk.replacing import Replacer

_LEFT = 12
_PAUSE_MS = 150
"""How long typing must rest before the listings are looked at again."""


class BulkDialog(Dialog):
    """``looked`` carries the Verb to look at, or None; ``applied`` the Plan to do."""

    looked = Signal(object)
    applied = Signal(object)
    stopped = Signal()

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        number: int,
        replacer: Replacer,
        moment: Callable[[], str],
        attach: Attach,
    ) -> None:
        super().__init__(parent, f"Edit {counted(number, 'listing')}", "bulk-dialog")
        self._plan: Plan | None = None
        self._is_working = False
        self._forms = make_forms(theme, replacer, moment, attach)
        self._verbs = Combo(theme, list(self._forms), "bulk-verb", "What to do")
        self._stack = QStackedWidget()
        for form in self._forms.values():
            self._stack.addWidget(holder(column(form, None)))
            form.changed.connect(self._typed)
        self._verbs.currentIndexChanged.connect(self._chosen)
        self.table = PlainTable(
            theme, change_words.HEADINGS, change_words.WIDTHS, "bulk-preview", "Preview", _LEFT
        )
        self._counts = label("", "secondary", wrap=True, name="bulk-counts")
        self._progress = QProgressBar()
        self._progress.setObjectName("bulk-progress")
        self._progress.setAccessibleName("Progress")
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(4)
        self._make_buttons(theme)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._look)
        self._arrange()
        self._show_nothing()

    def _make_buttons(self, theme: Theme) -> None:
        self._cancel = Button(theme, "Cancel", "bulk-cancel")
        self._apply = Button(theme, "Change", "bulk-apply", kind=Kind.PRIMARY)
        self._apply.setDefault(True)
        self._cancel.clicked.connect(self.reject)
        self._apply.clicked.connect(self._do)

    def _arrange(self) -> None:
        verb = FormField("What to do", self._verbs)
        verb.setFixedWidth(190)
        top = row(verb, self._stack, gap=16)
        top.setAlignment(verb, Qt.AlignmentFlag.AlignTop)
        top.setStretch(1, 1)
        body = column(top, self._counts, self.table, self._progress, gap=12)
        body.setStretch(2, 1)
        self.resize(940, 620)
        self.setMinimumSize(720, 440)
        text = "One change set: all of it can be undone for 30 days."
        self.lay_out(body, None, self._cancel, self._apply, text=text)

    def begin_with(self, verb: str) -> None:
        """Have the form of ``verb``, one of ``VERBS``, open first."""
        self._verbs.setCurrentIndex(max(self._verbs.findText(verb), 0))

    # -- what the controller shows --

    def show_plan(self, plan: Plan) -> None:
        """The preview: how many change, stay, and cannot, and the first of each."""
        self._plan = plan
        self.table.show_lines(change_words.plan_lines(plan.lines, plan.refused_lines))
        self._say(_summary(plan), is_wrong=False)
        number = len(plan.changes)
        self._apply.setText(f"Change {counted(number, 'listing')}" if number else "Change")
        self._apply.setEnabled(number > 0)

    def show_problem(self, text: str, fields: Collection[str] = ()) -> None:
        """What is wrong with the verb, and in which of its ``fields``; or with doing it."""
        self._end_work()
        self._show_nothing()
        self._say(text, is_wrong=True)
        self._form().mark([f"bulk-{field}" for field in fields], text)

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        if self._is_working:
            self._progress.setRange(0, progress.total or 0)
            self._progress.setValue(progress.done)
            total = f" of {count(progress.total)}" if progress.total else ""
            self._say(f"{count(progress.done)}{total} written…", is_wrong=False)

    def show_done(self) -> None:
        """It is done."""
        self._end_work()
        self.accept()

    # -- inside --

    def reject(self) -> None:
        """Escape stops what is being done; otherwise it closes the dialog."""
        if self._is_working:
            self.stopped.emit()
        else:
            super().reject()

    @Slot(int)
    def _chosen(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self._look()

    @Slot()
    def _typed(self) -> None:
        self._timer.start()

    def _form(self) -> VerbForm:
        return list(self._forms.values())[self._verbs.currentIndex()]

    def _verb(self) -> Verb | None:
        form = self._form()
        form.mark((), "")
        try:
            return form.verb()
        except InputError as error:
            words = f"{error.what} {error.remedy}".strip()
            self._say(words, is_wrong=True)
            form.mark((form.asked,), words)
            return None

    @Slot()
    def _look(self) -> None:
        self._say("", is_wrong=False)
        verb = self._verb()
        if verb is None:
            self._show_nothing()
        # The old preview stays until the new one is there; it cannot be applied any more.
        self._plan = None
        self._apply.setEnabled(False)
        self.looked.emit(verb)

    def _show_nothing(self) -> None:
        self._plan = None
        self.table.show_lines(())
        self._apply.setText("Change")
        self._apply.setEnabled(False)
        self._progress.hide()

    @Slot()
    def _do(self) -> None:
        if self._plan is not None and not self._is_working:
            self._is_working = True
            for part in (self._apply, self._verbs, self._stack):
                part.setEnabled(False)
            self._cancel.setText("Stop")
            self._progress.setRange(0, 0)
            self._progress.show()
            self.applied.emit(self._plan)

    def _end_work(self) -> None:
        self._is_working = False
        self._cancel.setText("Cancel")
        for part in (self._verbs, self._stack):
            part.setEnabled(True)

    def _say(self, text: str, *, is_wrong: bool) -> None:
        set_style_property(self._counts, "role", "error" if is_wrong else "secondary")
        self._counts.setText(text)


def _summary(plan: Plan) -> str:
    parts = [f"{counted(len(plan.changes), 'listing changes', 'listings change')}"]
    if plan.same:
        parts.append(counted(plan.same, "stays as it is", "stay as they are"))
    if plan.refused:
        reason, most = plan.reasons()[0]
        which = "" if most == len(plan.refused) else f", most of them ({count(most)})"
        parts.append(f"{count(len(plan.refused))} cannot be changed{which}: {reason}")
    return "  ·  ".join(parts)
