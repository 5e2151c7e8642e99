"""The editor: one listing on a whole page, its workflow beside it, and as a buyer sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from koda_desktop.controllers.editor import EditorController, Opened
from koda_desktop.controllers.intake_fields import minor_of
from koda_desktop.controllers.needs import needs_in
from koda_desktop.views.dialogs.intake_graph import GraphTab
from koda_desktop.views.pages.inspector_words import state_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, Kind, icon_button
from koda_desktop.views.widgets.buyer_view import BuyerView
from koda_desktop.views.widgets.checklist import Checklist
from koda_desktop.views.widgets.editor_form import EditorForm
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.needs_panel import NeedsPanel
from koda_desktop.views.widgets.pill import Pill
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.views.widgets.versions_panel import VersionsPanel

if TYPE_CHECKING:
    from koda_desktop.workflows.drawing.scene import Scene

_WRITE, _AS_BUYER, _GONE = range(3)
_FORM_WIDTH = 760
_SIDE = 24
_KEPT = "Kept on this computer"
_NOT_KEPT = "The price is not kept"
_FIELD_WORDS = {
    "title": "Title",
    "description": "Description",
    "price": "Price",
    "category": "Category",
    "tags": "Tags",
    "version": "Version",
}


class EditorPage(QWidget):
    """A view of EditorController, which is given by ``attach``."""

    back_asked = Signal()
    listing_shown = Signal(str)
    """Another listing is in the editor now."""

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme = theme
        self._now = now
        self._controller: EditorController | None = None
        self._opened: Opened | None = None
        self._is_kept = True
        self.setObjectName("editor-page")
        self._make_head()
        self._form = EditorForm(theme)
        self._banner = Banner(theme, "editor-banner")
        self._theirs = Button(theme, "Take the newer values", "editor-theirs", small=True)
        self._banner.set_buttons(self._theirs)
        self._banner.hide()
        self._graph = GraphTab(theme)
        self._checklist = Checklist(theme)
        self._needs = NeedsPanel("editor-needs")
        self.versions = VersionsPanel(theme, now)
        self._buyer = BuyerView(theme)
        gone = EmptyState(theme, "listings", "This listing is not here any more", "")
        self._stack = QStackedWidget()
        for page in (self._write_page(), self._buyer, gone):
            self._stack.addWidget(page)
        layout = column(self._head, self._stack, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._wire()

    def _make_head(self) -> None:
        theme = self._theme
        self._back = icon_button(theme, "chevron-left", "Back to the listings", "editor-back")
        self._name = ElidedLabel("", "heading")
        self._name.setObjectName("editor-name")
        self._pill = Pill()
        self._kept = label("", "hint", name="editor-kept")
        self._modes = Segments(theme, ("Edit", "As a buyer"), "editor-mode", "Show")
        self._discard = Button(theme, "Discard", "editor-discard", kind=Kind.QUIET)
        self._save = Button(theme, "Save", "editor-save", spoken="Save (Ctrl+S)")
        self._publish = Button(theme, "Publish", "editor-publish", kind=Kind.PRIMARY, icon="upload")
        parts = (self._kept, self._modes, self._discard, self._save, self._publish)
        layout = row(self._back, self._name, self._pill, *parts, gap=10)
        layout.setContentsMargins(14, 0, _SIDE, 0)
        layout.setStretch(1, 1)
        self._head = holder(layout, "canvas")
        self._head.setFixedHeight(64)

    def _write_page(self) -> QWidget:
        form = column(self._banner, self._form, gap=16, margins=(_SIDE, 8, _SIDE, 24))
        form.setStretch(1, 1)
        inner = holder(form)
        inner.setMaximumWidth(_FORM_WIDTH)
        left = scrolled(holder(row(inner, gap=0)), "editor-scroll")
        left.setMinimumWidth(420)
        self._side_tabs = Segments(
            self._theme,
            ("Workflow", "What buyers need", "Checklist", "Versions"),
            "editor-side",
            "Beside it",
        )
        self._side = QStackedWidget()
        self._side.addWidget(self._graph)
        for part, name in ((self._needs, "needs"), (self._checklist, "checklist")):
            page = holder(column(part, None, margins=(_SIDE, 6, _SIDE, 20)))
            self._side.addWidget(scrolled(page, f"editor-{name}-scroll"))
        self._side.addWidget(self.versions)
        tabs = row(self._side_tabs, None, margins=(_SIDE, 10, _SIDE, 10))
        beside = column(holder(tabs), self._side, gap=0)
        beside.setStretch(1, 1)
        right = holder(beside, "inspector")
        right.setMinimumWidth(300)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setSizes([640, 520])
        return splitter

    def _wire(self) -> None:
        self._back.clicked.connect(self.back_asked)
        self._modes.chosen.connect(self._show_mode)
        self._side_tabs.chosen.connect(self._side.setCurrentIndex)
        self._form.edited.connect(self._edited)
        self._discard.clicked.connect(self._ask_discard)
        self._theirs.clicked.connect(self._take_theirs)
        self._save.clicked.connect(self.save)
        self._publish.clicked.connect(self.publish)

    def attach(self, controller: EditorController) -> None:
        """Pass what a person does to ``controller`` from now on."""
        self._controller = controller

    # -- what the controller shows --

    def show_listing(self, opened: Opened) -> None:
        is_new = self._opened is None or self._opened.detail.row.id != opened.detail.row.id
        self._opened = opened
        words = state_words(opened.detail, self._now())
        self._form.set_read_only(not words.is_editable)
        self._form.show_problems({})
        self._form.show_fields({**opened.detail.document, **opened.typed})
        self._pill.show_state(opened.detail.row.state)
        self._publish.setVisible("publish" in words.actions or "retry" in words.actions)
        self._needs.show_needs(needs_in(opened.detail.inspection or {}))
        self._checklist.show_gates(() if opened.detail.is_at_server else opened.gates)
        self._show_overtaken(opened.overtaken)
        self._is_kept = True
        self._show_typed()
        if is_new:
            self.listing_shown.emit(opened.detail.row.id)
            self._graph.wait()
            self._buyer.show_picture(None)
            self._show_page(_WRITE)
            self._form.focus_first()
        elif self._stack.currentIndex() == _GONE:
            self._show_page(_WRITE)
        self._show_as_buyer()

    def show_scene(self, listing_id: str, scene: Scene | None) -> None:
        if self._is_shown(listing_id):
            if scene is None:
                self._graph.show_nothing()
            else:
                self._graph.show_scene(scene)

    def show_picture(self, listing_id: str, picture: object) -> None:
        if self._is_shown(listing_id):
            self._buyer.show_picture(picture if isinstance(picture, QImage) else None)

    def show_kept(self, is_kept: bool) -> None:
        self._is_kept = is_kept
        self._show_typed()

    def show_problems(self, problems: Mapping[str, str]) -> None:
        self._show_page(_WRITE)
        self._form.show_problems(problems)

    def suggest_tags(self, known: Sequence[str]) -> None:
        self._form.suggest_tags(known)

    def show_gone(self) -> None:
        self._opened = None
        self._stack.setCurrentIndex(_GONE)
        for part in (self._save, self._discard, self._publish, self._modes):
            part.hide()

    @property
    def listing_id(self) -> str:
        """The listing on the page; "" where there is none."""
        return self._opened.detail.row.id if self._opened is not None else ""

    def _is_shown(self, listing_id: str) -> bool:
        return self._opened is not None and self._opened.detail.row.id == listing_id

    def _show_overtaken(self, fields: tuple[str, ...]) -> None:
        self._banner.setVisible(bool(fields))
        if fields:
            names = ", ".join(_FIELD_WORDS.get(name, name) for name in fields)
            self._banner.tell(
                "warning",
                f"Changed elsewhere while you were writing: {names}",
                "What you wrote is shown and kept. Saving puts it in place of the newer value.",
            )

    def _show_typed(self) -> None:
        """What was typed and not saved: whether there is any, and whether it is on the disk."""
        is_wrong = self._has_wrong_price()
        changed = is_wrong or bool(self._changes())
        words = _NOT_KEPT if is_wrong else _KEPT if self._is_kept else "Keeping…"
        self._kept.setText(words if changed else "")
        self._publish.setEnabled(not is_wrong)
        for part in (self._save, self._discard):
            part.setVisible(changed)
        self._modes.show()
        document = self._opened.detail.document if self._opened else {}
        title = {**document, **self._changes()}.get("title")
        self._name.set_full_text(str(title or "Untitled"))

    def _show_as_buyer(self) -> None:
        if self._opened is None:
            return
        inspection = self._opened.detail.inspection or {}
        steps = inspection.get("nodes")
        fields = {**self._opened.detail.document, **self._changes()}
        self._buyer.show_listing(
            fields, needs_in(inspection), steps if isinstance(steps, int) else 0
        )

    # -- what a person does --

    @Slot()
    def save(self) -> None:
        """Save what was typed, unless its price is none: then the keyboard is there."""
        if self._controller is not None and not self._goes_to_wrong_price():
            self._controller.save()

    @Slot()
    def publish(self) -> None:
        """Save it and have it published, unless its price is none: then the keyboard is there."""
        if self._controller is not None and not self._goes_to_wrong_price():
            self._controller.publish()

    def _goes_to_wrong_price(self) -> bool:
        is_wrong = self._has_wrong_price()
        if is_wrong:
            self._show_page(_WRITE)
            self._form.focus_price()
        return is_wrong

    def _changes(self) -> dict[str, Any]:
        return self._form.changes(self._opened.detail.document) if self._opened else {}

    def _has_wrong_price(self) -> bool:
        """Whether a price was typed that is none: no change to be kept, and to be taken back."""
        return self._opened is not None and self._form.is_price_mistyped(self._stored_price())

    def _stored_price(self) -> int | None:
        return minor_of(self._opened.detail.document.get("price")) if self._opened else None

    @Slot()
    def _edited(self) -> None:
        problem = self._form.price_problem()
        self._form.show_problems({"price": problem} if problem else {})
        if self._controller is not None and self._opened is not None:
            self._controller.type(self._changes())
        self._show_typed()

    @Slot(int)
    def _show_mode(self, mode: int) -> None:
        self._show_as_buyer()
        self._stack.setCurrentIndex(mode)

    def _show_page(self, page: int) -> None:
        self._stack.setCurrentIndex(page)
        self._modes.set_current(page)

    @Slot()
    def _ask_discard(self) -> None:
        if self._controller is not None:
            self._form.take_price_back(self._stored_price())
            self._controller.discard()

    @Slot()
    def _take_theirs(self) -> None:
        """What was overtaken goes; the other typed fields stay."""
        if self._opened is not None and self._controller is not None:
            left = {k: v for k, v in self._changes().items() if k not in self._opened.overtaken}
            self._form.show_fields({**self._opened.detail.document, **left})
            self._show_overtaken(())
            self._controller.type(left)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._controller is not None:
            self._controller.leave()
