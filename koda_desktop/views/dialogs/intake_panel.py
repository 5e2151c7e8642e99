"""One dropped file, whole: how it stands, the proposed listing, removals, problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from koda_desktop.controllers.intake_state import IntakeFile, IntakeStage
from koda_desktop.controllers.preview import ShownPreview
from koda_desktop.views.dialogs.intake_becoming import BecomingPart
from koda_desktop.views.dialogs.intake_removed import RemovedPage
from koda_desktop.views.dialogs.intake_secrets import SecretsView
from koda_desktop.views.dialogs.intake_words import remark, standing
from koda_desktop.views.tables.problems import problems_view
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.facts import Facts
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.listing_form import ListingForm
from koda_desktop.views.widgets.needs_panel import NeedsPanel
from koda_desktop.views.widgets.pill import Badge, Pill
from koda_desktop.views.widgets.preview_part import PreviewPart
from koda_desktop.views.widgets.scroll import BAR_WIDTH, scrolled_beside
from koda_desktop.views.widgets.segments import Segments

if TYPE_CHECKING:
    from koda_desktop.views.dialogs.intake_graph import GraphTab
    from koda_desktop.workflows.drawing.scene import Scene

_SIDE = 28
_TABS = ("Listing", "Secrets", "Workflow", "Removed", "Findings")
_LISTING, _SECRETS, _WORKFLOW, _REMOVED, _FINDINGS = range(len(_TABS))


class IntakePanel(QWidget):
    """``edited`` carries the file's number and its draft, ``allow_asked`` the number and a
    SecretLine, ``forbid_asked`` the digest of an allowed value, ``scene_asked`` the number of the
    file whose picture is to be shown. ``keep_asked`` carries the number, a kind of removal and
    whether it is kept, ``keep_one_asked`` the number and a RemovalLine whose switch was turned,
    ``keep_everywhere_asked`` and ``remember_asked`` a kind and whether it is kept.
    ``preview_asked`` and ``picture_asked`` carry the number of the file whose preview is to be
    shown or chosen, ``preview_taken`` also a PreviewChoice."""

    edited = Signal(int, object)
    allow_asked = Signal(int, object)
    forbid_asked = Signal(str)
    scene_asked = Signal(int)
    keep_asked = Signal(int, str, bool)
    keep_one_asked = Signal(int, object)
    keep_everywhere_asked = Signal(str, bool)
    remember_asked = Signal(str, bool)
    preview_asked = Signal(int)
    picture_asked = Signal(int)
    preview_taken = Signal(int, object)
    becomes_asked = Signal(int, str)
    """A file's number, and the listing it becomes a version of; "" for one of its own."""
    version_typed = Signal(int, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._number = -1
        self._file: IntakeFile | None = None
        self.setObjectName("intake-panel")
        self._name = ElidedLabel(role="title", mode=Qt.TextElideMode.ElideMiddle)
        self._platform = Pill()
        self._remark = ElidedLabel(role="secondary")
        self._banner = Banner(theme, "intake-banner")
        self._becomes = BecomingPart(theme)
        self._tabs = Segments(theme, _TABS, "intake-tabs", "Show")
        self._form = ListingForm(theme, "intake", 120)
        self._preview = PreviewPart(theme, "intake-preview")
        self._preview_group = holder(
            column(label("Preview picture", "section"), self._preview, 8, gap=10)
        )
        self._preview_group.hide()
        self._facts = Facts("intake-facts")
        self._needs_head = label("What the buyer needs", "section")
        self._needs = NeedsPanel("intake-needs")
        self._secrets = SecretsView(theme)
        self._removed = RemovedPage(theme)
        self._problems, self._problems_model = problems_view(theme)
        self._graph: GraphTab | None = None
        self._graph_place = column(gap=0)
        self._is_drawn = False
        self._stack = self._make_stack()
        self._wire()
        self._lay_out()

    def _wire(self) -> None:
        self._secrets.forbid_asked.connect(self.forbid_asked)
        self._secrets.allow_asked.connect(self._pass_allow)
        self._form.edited.connect(self._form_edited)
        self._tabs.chosen.connect(self._turn_to)
        self._removed.kept.connect(self._pass_keep)
        self._removed.kept_everywhere.connect(self.keep_everywhere_asked)
        self._removed.remembered.connect(self.remember_asked)
        self._removed.toggled.connect(self._pass_keep_one)
        self._preview.picture_asked.connect(self._ask_picture)
        self._preview.taken.connect(self._take_preview)
        self._becomes.chosen.connect(self._pass_becomes)
        self._becomes.version_typed.connect(self._pass_version)

    def _make_stack(self) -> QStackedWidget:
        stack = QStackedWidget()
        parts = column(
            self._form,
            8,
            self._preview_group,
            self._needs_head,
            self._needs,
            8,
            label("In the file", "section"),
            self._facts,
            None,
            gap=10,
            margins=(_SIDE, 2, _SIDE - BAR_WIDTH, 20),
        )
        stack.addWidget(scrolled_beside(holder(parts), "intake-scroll"))
        stack.addWidget(scrolled_beside(self._secrets, "intake-secrets-scroll"))
        stack.addWidget(holder(self._graph_place))
        stack.addWidget(self._removed)
        stack.addWidget(_page(self._problems))
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
            self._becomes,
            8,
            row(self._tabs, None),
            gap=4,
            margins=(_SIDE, 22, _SIDE, 12),
        )
        layout = column(head, self._stack, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_file(self, file: IntakeFile) -> None:
        """Show ``file``; when it is the one on view, its form keeps what is being typed."""
        before, self._file = self._file, file
        is_new = before is None or (file.number, file.stage) != (before.number, before.stage)
        self._number = file.number
        self._name.set_full_text(file.path.name)
        self._platform.show_badge(Badge(file.platform or "Other", "neutral"))
        self._platform.setVisible(file.stage is not IntakeStage.CHECKING)
        self._remark.set_full_text(remark(file))
        self._banner.tell(*standing(file))
        self._becomes.show_file(file)
        if before is None or is_new or not _is_same_report(file, before):
            self._show_report(file)
        self._preview_group.setVisible(file.can_save and file.becomes.match is None)
        if is_new:
            self._show_form(file)
        elif before is not None and before.becomes.fields != file.becomes.fields:
            self._form.show_draft(file.shown)
        self._form.set_read_only(not _is_filled_in(file))
        self._form.show_problems(file.wrong)
        if before is not None and before.becomes.match is None and file.becomes.match is not None:
            self._leave_form()
        if file.wrong:
            self._show_tab(_LISTING)

    def show_preview(self, shown: ShownPreview) -> None:
        self._preview.show_preview(shown)

    def show_others(self, others: dict[str, tuple[int, int]]) -> None:
        """Of each kind of removal, how many other files keep it, and how many could."""
        self._removed.show_others(others)

    def focus_form(self) -> None:
        self._form.focus_first()

    def _leave_form(self) -> None:
        """Nothing is typed into a listing's own fields: the cursor goes to what is chosen here."""
        if self._form.isAncestorOf(self.focusWidget()):
            self._becomes.focus_choice()

    def _show_form(self, file: IntakeFile) -> None:
        """A file that comes into view: its form is filled, and what matters most is in front."""
        self._form.show_draft(file.shown)
        self._show_tab(_first_tab(file))

    def _show_report(self, file: IntakeFile) -> None:
        self._secrets.show_secrets(file)
        self._facts.show_facts(file.facts)
        self._needs.show_needs(file.needs)
        for part in (self._needs_head, self._needs):
            part.setVisible(file.can_save)
        self._removed.show_removals(file)
        self._problems_model.set_items(file.problems)
        if file.can_save:
            self.preview_asked.emit(file.number)
        self._is_drawn = False
        self._draw_if_seen()
        numbers = (0, len(file.secrets), 0, file.removed, len(file.problems))
        self._tabs.set_counts([str(number) if number else "" for number in numbers])

    def _show_tab(self, number: int) -> None:
        self._tabs.set_current(number)
        self._turn_to(number)

    @Slot(int)
    def _turn_to(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self._draw_if_seen()

    # -- the picture, made when it is first looked at --

    def show_scene(self, scene: Scene) -> None:
        if self._graph is not None:
            self._graph.show_scene(scene)

    def _draw_if_seen(self) -> None:
        if self._is_drawn or self._stack.currentIndex() != _WORKFLOW:
            return
        self._is_drawn = True
        graph = self._open_graph()
        if self._file is not None and self._file.stage is IntakeStage.FAILED:
            graph.show_nothing()
        else:
            graph.wait()
            self.scene_asked.emit(self._number)

    def _open_graph(self) -> GraphTab:
        if self._graph is None:
            from koda_desktop.views.dialogs.intake_graph import GraphTab

            self._graph = GraphTab(self._theme)
            self._graph_place.addWidget(self._graph)
        return self._graph

    @Slot()
    def _ask_picture(self) -> None:
        self.picture_asked.emit(self._number)

    @Slot(object)
    def _take_preview(self, choice: object) -> None:
        self.preview_taken.emit(self._number, choice)

    @Slot(str)
    def _pass_becomes(self, listing_id: str) -> None:
        self.becomes_asked.emit(self._number, listing_id)

    @Slot(str)
    def _pass_version(self, version: str) -> None:
        self.version_typed.emit(self._number, version)

    @Slot(str, bool)
    def _pass_keep(self, kind: str, keep: bool) -> None:
        self.keep_asked.emit(self._number, kind, keep)

    @Slot(object)
    def _pass_keep_one(self, line: object) -> None:
        self.keep_one_asked.emit(self._number, line)

    @Slot(object)
    def _pass_allow(self, secret: object) -> None:
        self.allow_asked.emit(self._number, secret)

    @Slot()
    def _form_edited(self) -> None:
        problem = self._form.price_problem()
        self._form.show_problems({"price": problem} if problem else {})
        self.edited.emit(self._number, self._form.draft())


def _is_filled_in(file: IntakeFile) -> bool:
    """Whether the fields of the form are those of a listing to be."""
    is_settled = file.stage is IntakeStage.CHECKED and file.can_save
    return is_settled and file.becomes.match is None


def _first_tab(file: IntakeFile) -> int:
    if file.secrets:
        return _SECRETS
    return _FINDINGS if file.errors and not file.can_save else _LISTING


def _is_same_report(one: IntakeFile, other: IntakeFile) -> bool:
    """Whether two states of a file differ at most in what its form holds."""
    reports = [
        (file.problems, file.secrets, file.allowed, file.removals, file.facts, file.remembered)
        for file in (one, other)
    ]
    return reports[0] == reports[1]


def _page(view: QWidget) -> QWidget:
    """A list whose rows begin a little before the words above it."""
    return holder(row(view, margins=(_SIDE - 14, 0, _SIDE - 14, 0)))
