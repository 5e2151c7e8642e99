"""The inspector: one listing, whole, beside the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.intake_fields import draft_of, minor_of
from koda_desktop.controllers.intake_state import ListingDraft
from koda_desktop.controllers.needs import BuyerNeeds, needs_in
from koda_desktop.controllers.preview import ShownPreview
from koda_desktop.models.money import Money, to_web_number
from koda_desktop.sync.rows import ListingDetail
from koda_desktop.views.format import exactly, size
from koda_desktop.views.pages.inspector_words import StateWords, state_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, Kind, icon_button
from koda_desktop.views.widgets.checklist import Checklist
from koda_desktop.views.widgets.facts import Facts
from koda_desktop.views.widgets.labels import label, line
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.listing_form import ListingForm
from koda_desktop.views.widgets.needs_panel import NeedsPanel
from koda_desktop.views.widgets.pill import Pill
from koda_desktop.views.widgets.preview_part import PreviewPart
from koda_desktop.views.widgets.scroll import BAR_WIDTH, scrolled_beside
from koda_desktop.workspace.info import GateState

_SIDE = 20
_ACTIONS = {
    "retry": ("Try again", "refresh"),
    "withdraw": ("Back to draft", "undo"),
    "settle": ("Choose values", "swap"),
    "discard": ("Discard my changes", "undo"),
    "save_file": ("Save file…", "download"),
}


class Inspector(QWidget):
    """Signals carry the listing's id; ``edited`` also what differs from what is stored,
    ``preview_taken`` a PreviewChoice."""

    edited = Signal(str, object)
    edit_asked = Signal(str)
    save_asked = Signal(str)
    revert_asked = Signal(str)
    publish_asked = Signal(str)
    delete_asked = Signal(str)
    retry_asked = Signal(str)
    withdraw_asked = Signal(str)
    discard_asked = Signal(str)
    settle_asked = Signal()
    save_file_asked = Signal(str)
    picture_asked = Signal(str)
    preview_taken = Signal(str, object)
    close_asked = Signal()

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme = theme
        self._now = now
        self._detail: ListingDetail | None = None
        self._stored = ListingDraft()
        self.setObjectName("inspector")
        self.setMinimumWidth(340)
        self._make_parts()
        self._make_banner_buttons()
        body = scrolled_beside(self._body(), "inspector-scroll")
        self.setLayout(column(self._head(), body, self._foot(), gap=0))

    def _make_parts(self) -> None:
        theme = self._theme
        self._pill = Pill()
        self._banner = Banner(theme, "inspector-banner")
        self._form = ListingForm(theme, "listing", 118)
        self._form.edited.connect(self._form_edited)
        self._preview = PreviewPart(theme, "listing-preview")
        self._preview.picture_asked.connect(self._ask_picture)
        self._preview.taken.connect(self._take_preview)
        head = label("Preview picture", "section")
        self._preview_group = holder(column(head, self._preview, 6, line(), 6, gap=10))
        self._preview_group.hide()
        self._file = Facts("inspector-file")
        self._workflow = Facts("inspector-workflow")
        self._workflow_head = label("Workflow", "section")
        self._needs = NeedsPanel("inspector-needs")
        self._needs_head = label("What the buyer needs", "section")
        self._checklist = Checklist(theme)
        head = label("Publish checklist", "section")
        self._checklist_group = holder(column(head, self._checklist, 6, line(), 6, gap=10))
        self._delete = icon_button(theme, "trash", "Delete draft", "listing-delete")
        self._save = Button(theme, "Save changes", "listing-save", spoken="Save changes")
        self._revert = Button(theme, "Revert", "listing-revert", kind=Kind.QUIET)
        self._publish = Button(
            theme, "Publish", "listing-publish", kind=Kind.PRIMARY, icon="upload"
        )
        self._publish.setToolTip("Publish (Ctrl+Enter)")

    def _make_banner_buttons(self) -> None:
        self._actions: dict[str, Button] = {}
        for key, (text, icon) in _ACTIONS.items():
            button = Button(self._theme, text, f"listing-{key}", icon=icon, small=True)
            self._actions[key] = button
        self._banner.set_buttons(*self._actions.values())
        self._actions["retry"].clicked.connect(self._ask_retry)
        self._actions["withdraw"].clicked.connect(self._ask_withdraw)
        self._actions["discard"].clicked.connect(self._ask_discard)
        self._actions["settle"].clicked.connect(self.settle_asked)
        self._actions["save_file"].clicked.connect(self._ask_save_file)
        self._save.clicked.connect(self.save)
        self._revert.clicked.connect(self._ask_revert)
        self._publish.clicked.connect(self.publish)
        self._delete.clicked.connect(self._ask_delete)

    def _head(self) -> QWidget:
        close = icon_button(self._theme, "close", "Close details (Esc)", "inspector-close")
        close.clicked.connect(self.close_asked)
        edit = icon_button(self._theme, "edit", "Edit on a whole page (Ctrl+E)", "inspector-edit")
        edit.clicked.connect(self._ask_edit)
        title = label("Details", "heading")
        parts = (title, self._pill, None, edit, self._delete, close)
        made = holder(row(*parts, gap=8, margins=(_SIDE, 0, 12, 0)))
        made.setFixedHeight(64)
        return made

    def _body(self) -> QWidget:
        return holder(
            column(
                self._banner,
                self._form,
                6,
                line(),
                6,
                self._preview_group,
                self._checklist_group,
                self._needs_head,
                self._needs,
                6,
                label("File", "section"),
                self._file,
                6,
                self._workflow_head,
                self._workflow,
                None,
                gap=10,
                margins=(_SIDE, 2, _SIDE - BAR_WIDTH, 20),
            )
        )

    def _foot(self) -> QWidget:
        buttons = row(
            None, self._revert, self._save, self._publish, gap=8, margins=(_SIDE, 10, _SIDE, 10)
        )
        self._footer = holder(buttons, "footer", "inspector-footer")
        return self._footer

    # -- showing --

    @property
    def listing_id(self) -> str:
        return self._detail.row.id if self._detail else ""

    def show_detail(self, detail: ListingDetail, gates: Sequence[GateState]) -> None:
        """Show ``detail``; the form is filled by ``show_edit``, which follows."""
        if detail.row.id != self.listing_id:
            self._preview_group.hide()
        self._detail = detail
        self._stored = draft_of(detail.document)
        words = state_words(detail, self._now())
        self._pill.show_state(detail.row.state)
        self._show_words(words)
        self._show_facts(detail)
        has_gates = bool(gates) and not detail.is_at_server
        self._checklist.show_gates(gates if has_gates else ())
        self._checklist_group.setVisible(has_gates)
        self._form.set_read_only(not words.is_editable)
        self._form.show_problems({})

    def show_edit(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        """Lay what was typed and not saved over what is stored."""
        if listing_id == self.listing_id:
            self._form.show_draft(_laid_over(self._stored, changes))
            self._show_buttons()

    def show_preview(self, listing_id: str, shown: ShownPreview) -> None:
        """Show the listing's picture; where there is none and none can be chosen, nothing."""
        if listing_id == self.listing_id:
            self._preview.show_preview(shown)
            self._preview_group.setVisible(bool(shown.whose) or shown.can_change)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        self._form.show_problems(problems)

    def focus_form(self) -> None:
        self._form.focus_first()

    def _show_words(self, words: StateWords) -> None:
        self._banner.setVisible(bool(words.tone))
        if words.tone:
            self._banner.tell(words.tone, words.heading, words.text, words.icon)
        for key, button in self._actions.items():
            button.setVisible(key in words.actions)
        self._publish.setVisible("publish" in words.actions)
        self._delete.setVisible("delete" in words.actions)

    def _show_facts(self, detail: ListingDetail) -> None:
        row_ = detail.row
        self._file.show_facts(
            (
                ("Name", row_.file_name),
                ("Size", size(row_.file_size) if row_.file_size else ""),
                ("Platform", row_.platform),
                ("Version", row_.version),
                ("SHA-256", detail.file_sha256),
                ("Listing id", row_.id),
                ("Changed", exactly(row_.updated_at)),
                ("Archived", _archived_at(detail)),
            )
        )
        facts = _workflow_facts(detail)
        self._workflow.show_facts(facts)
        self._workflow_head.setVisible(any(value for _, value in facts))
        self._show_needs(needs_in(detail.inspection or {}))

    def _show_needs(self, needs: BuyerNeeds) -> None:
        self._needs.show_needs(needs)
        for part in (self._needs_head, self._needs):
            part.setVisible(not needs.is_empty)

    def _show_buttons(self) -> None:
        # A price that is none is no change to be kept, yet it was typed and can be taken back.
        is_wrong = self._form.is_price_mistyped(self._stored.price_minor)
        dirty = is_wrong or bool(self._changes())
        self._publish.setEnabled(not is_wrong)
        self._save.setVisible(dirty)
        self._revert.setVisible(dirty)
        self._footer.setVisible(dirty or self._publish.isVisibleTo(self))

    # -- intents --

    def _changes(self) -> dict[str, Any]:
        """The document's fields that differ from what is stored."""
        now, stored = self._form.draft(), self._stored
        found: dict[str, Any] = {}
        if now.title != stored.title:
            found["title"] = now.title
        if now.description != stored.description:
            found["description"] = now.description
        if now.category != stored.category:
            found["category"] = now.category
        if now.tags != stored.tags:
            found["tags"] = list(now.tags)
        if now.price_minor is not None and now.price_minor != stored.price_minor:
            found["price"] = to_web_number(Money(now.price_minor))
        return found

    @Slot()
    def _form_edited(self) -> None:
        problem = self._form.price_problem()
        self._form.show_problems({"price": problem} if problem else {})
        self.edited.emit(self.listing_id, self._changes())
        self._show_buttons()

    @Slot()
    def _ask_edit(self) -> None:
        self.edit_asked.emit(self.listing_id)

    @Slot()
    def save(self) -> None:
        """Have what was typed saved, unless its price is none: then the keyboard is there."""
        if not self._goes_to_wrong_price():
            self.save_asked.emit(self.listing_id)

    @Slot()
    def publish(self) -> None:
        """Have it saved and published, unless its price is none: then the keyboard is there."""
        if not self._goes_to_wrong_price():
            self.publish_asked.emit(self.listing_id)

    def _goes_to_wrong_price(self) -> bool:
        is_wrong = self._form.is_price_mistyped(self._stored.price_minor)
        if is_wrong:
            self._form.focus_price()
        return is_wrong

    @Slot()
    def _ask_revert(self) -> None:
        self._form.take_price_back(self._stored.price_minor)
        self.revert_asked.emit(self.listing_id)

    @Slot()
    def _ask_delete(self) -> None:
        self.delete_asked.emit(self.listing_id)

    @Slot()
    def _ask_retry(self) -> None:
        self.retry_asked.emit(self.listing_id)

    @Slot()
    def _ask_withdraw(self) -> None:
        self.withdraw_asked.emit(self.listing_id)

    @Slot()
    def _ask_save_file(self) -> None:
        self.save_file_asked.emit(self.listing_id)

    @Slot()
    def _ask_picture(self) -> None:
        self.picture_asked.emit(self.listing_id)

    @Slot(object)
    def _take_preview(self, choice: object) -> None:
        self.preview_taken.emit(self.listing_id, choice)

    @Slot()
    def _ask_discard(self) -> None:
        self.discard_asked.emit(self.listing_id)


def _archived_at(detail: ListingDetail) -> str:
    """When it was taken out of the catalogue; "" while it is in it."""
    moment = detail.document.get("deletedAt")
    return exactly(moment) if isinstance(moment, str) and moment else ""


def _laid_over(stored: ListingDraft, changes: Mapping[str, Any]) -> ListingDraft:
    found = dict(changes)
    if "price" in found:
        found["price_minor"] = minor_of(found.pop("price"))
    if "tags" in found:
        found["tags"] = tuple(found["tags"])
    return replace(stored, **found)


def _workflow_facts(detail: ListingDetail) -> tuple[tuple[str, str], ...]:
    inspection = detail.inspection or {}

    removed = len(inspection.get("removed") or ())
    return (
        ("Steps", str(inspection.get("nodes") or "")),
        ("Starts with", ", ".join(str(item) for item in inspection.get("triggers") or ())),
        ("Removed", f"{removed} entries of your own instance" if removed else ""),
    )
