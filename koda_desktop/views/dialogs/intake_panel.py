"""One dropped file, whole: how it stands, the proposed listing, removals, problems."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from koda_desktop.controllers.intake_state import IntakeFile, IntakeStage
from koda_desktop.views.format import counted, size
from koda_desktop.views.tables.problems import problems_view
from koda_desktop.views.tables.removals import removals_view
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.facts import Facts
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.listing_form import ListingForm
from koda_desktop.views.widgets.pill import Badge, Pill
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.views.widgets.segments import Segments

_SIDE = 28
_TABS = ("Listing", "Removed", "Problems")


class IntakePanel(QWidget):
    """``edited`` carries the file's number and its draft."""

    edited = Signal(int, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._number = -1
        self._stage: IntakeStage | None = None
        self.setObjectName("intake-panel")
        self._name = ElidedLabel(role="title", mode=Qt.TextElideMode.ElideMiddle)
        self._platform = Pill()
        self._remark = ElidedLabel(role="secondary")
        self._banner = Banner(theme, "intake-banner")
        self._tabs = Segments(theme, _TABS, "intake-tabs", "Show")
        self._form = ListingForm(theme, "intake", 120)
        self._facts = Facts("intake-facts")
        self._removals, self._removals_model = removals_view(theme)
        self._problems, self._problems_model = problems_view(theme)
        self._stack = self._make_stack()
        self._form.edited.connect(self._form_edited)
        self._tabs.chosen.connect(self._stack.setCurrentIndex)
        self._lay_out()

    def _make_stack(self) -> QStackedWidget:
        stack = QStackedWidget()
        parts = column(
            self._form,
            8,
            label("In the file", "section"),
            self._facts,
            None,
            gap=10,
            margins=(_SIDE, 2, _SIDE, 20),
        )
        stack.addWidget(scrolled(holder(parts), "intake-scroll"))
        stack.addWidget(_page(self._removals, _REMOVED_HINT))
        stack.addWidget(_page(self._problems, ""))
        return stack

    def _lay_out(self) -> None:
        title = row(self._name, self._platform, gap=10)
        title.setStretch(0, 1)
        head = column(
            title,
            self._remark,
            6,
            self._banner,
            4,
            row(self._tabs, None),
            gap=4,
            margins=(_SIDE, 22, _SIDE, 12),
        )
        layout = column(head, self._stack, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_file(self, file: IntakeFile) -> None:
        """Show ``file``; when it is the one on view, its form keeps what is being typed."""
        is_new = file.number != self._number or file.stage is not self._stage
        self._number, self._stage = file.number, file.stage
        self._name.set_full_text(file.path.name)
        self._platform.show_badge(Badge(file.platform or "Other", "neutral"))
        self._platform.setVisible(file.stage is not IntakeStage.CHECKING)
        self._remark.set_full_text(_remark(file))
        self._banner.tell(*_standing(file))
        if is_new:
            self._show_report(file)
        self._form.show_problems(file.wrong)
        if file.wrong:
            self._show_tab(0)

    def focus_form(self) -> None:
        self._form.focus_first()

    def _show_report(self, file: IntakeFile) -> None:
        self._form.show_draft(file.draft)
        self._form.set_read_only(file.stage is not IntakeStage.CHECKED or not file.can_save)
        self._facts.show_facts(file.facts)
        self._removals_model.set_items(file.removals)
        self._problems_model.set_items(file.problems)
        counts = [str(n) if n else "" for n in (len(file.removals), len(file.problems))]
        self._tabs.set_counts(["", *counts])
        self._show_tab(2 if file.blocking and not file.can_save else 0)

    def _show_tab(self, number: int) -> None:
        self._tabs.set_current(number)
        self._stack.setCurrentIndex(number)

    @Slot()
    def _form_edited(self) -> None:
        problem = self._form.price_problem()
        self._form.show_problems({"price": problem} if problem else {})
        self.edited.emit(self._number, self._form.draft())


_REMOVED_HINT = (
    "These belonged to your own instance. Buyers get the file without them; "
    "the file on your disk is not changed."
)


def _page(view: QWidget, hint: str) -> QWidget:
    """A list with a sentence above it."""
    words: QLabel = label(hint, "hint", wrap=True)
    words.setContentsMargins(_SIDE, 0, _SIDE, 6)
    words.setVisible(bool(hint))
    return holder(column(words, row(view, margins=(_SIDE - 14, 0, _SIDE - 14, 0)), gap=0))


def _remark(file: IntakeFile) -> str:
    """``14.2 KB · 14 steps · Works with Gmail, Slack``."""
    facts = dict(file.facts)
    parts = [size(file.size)] if file.size else []
    if facts.get("Steps"):
        parts.append(counted(int(facts["Steps"]), "step"))
    if facts.get("Works with"):
        parts.append(f"Works with {facts['Works with']}")
    return "  ·  ".join(parts)


def _standing(file: IntakeFile) -> tuple[str, str, str]:
    """Tone, heading and text of the banner."""
    if file.stage is IntakeStage.CHECKING:
        return "neutral", "Checking the file", "It is read on this computer; nothing is sent."
    if file.note:
        return "danger", "The draft could not be saved", file.note
    if not file.can_save:
        what = file.problems[0].message if file.problems else "The file could not be read."
        return "danger", "This file cannot become a listing", what
    if file.blocking:
        many = f"{counted(file.blocking, 'problem')} to solve before it can be published"
        return "danger", many, "Save it as a draft, or correct the file and drop it again."
    removed = counted(len(file.removals), "entry", "entries")
    if file.removals:
        return "success", f"Ready: {removed} of your own instance removed", "No secrets were found."
    return "success", "Ready", "Nothing had to be removed and no secrets were found."
