"""The refund dialog: how much of each line, what each party gives and gets, and doing it once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QProgressBar, QStackedWidget, QWidget

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.refunds import RefundPreview
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.dialogs.refund_parts import PartiesPart, RefundLines
from koda_desktop.views.format import money
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.scroll import scrolled

if TYPE_CHECKING:
    from koda_desktop.models.order import Order

_PAUSE_MS = 250
"""How long typing must rest before the marketplace is asked what it would do."""
_LOADING, _FORM, _CONFIRM, _SENDING, _DONE, _STUCK = range(6)


class RefundDialog(Dialog):
    """RefundView. ``looked`` carries minor units by item, and the reason."""

    looked = Signal(object, str)
    refund_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None, number: str) -> None:
        super().__init__(parent, f"Refund {number}", "refund-dialog")
        self._number = number
        self._can_go_on = False
        self._banner = Banner(theme, "refund-banner")
        self._banner.hide()
        self._lines = RefundLines(theme)
        self._reason = QLineEdit()
        self._reason.setObjectName("refund-reason")
        self._reason.setMaxLength(500)
        hint = "Kept with the order. The buyer does not see it."
        self._parties = PartiesPart("refund-parties")
        self._summary = PartiesPart("refund-summary")
        self._question = label("", "strong", wrap=True, name="refund-question")
        self._ended = EmptyState(theme, "check-circle", "", "")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._look)
        self._stack = QStackedWidget()
        self._fill(FormField("Reason", self._reason, hint))
        self._make_buttons(theme)
        self._wire()
        self._show_stage(_LOADING)

    def _fill(self, reason: QWidget) -> None:
        form = column(self._lines, reason, self._parties, None, gap=16)
        confirm = column(self._question, self._summary, None, gap=14)
        parts = (
            _waiting("Asking what is left of this order…"),
            scrolled(holder(form), "refund-form"),
            holder(confirm),
            _waiting("Giving the money back…"),
            self._ended,
            QWidget(),
        )
        for part in parts:
            self._stack.addWidget(part)

    def _make_buttons(self, theme: Theme) -> None:
        self._back = Button(theme, "Back", "refund-back", icon="chevron-left")
        self._close = Button(theme, "Cancel", "refund-close")
        self._go_on = Button(theme, "Refund…", "refund-go-on", kind=Kind.PRIMARY)
        self._go_on.setEnabled(False)
        self._do = Button(theme, "Refund", "refund-do", kind=Kind.DANGER)
        body = column(self._banner, self._stack, gap=12)
        body.setStretch(1, 1)
        self.lay_out(body, self._back, None, self._close, self._go_on, self._do)
        self.resize(560, 560)
        self.setMinimumSize(480, 420)

    def _wire(self) -> None:
        self._lines.edited.connect(self._edited)
        self._reason.textChanged.connect(self._edited)
        self._back.clicked.connect(self._show_form)
        self._close.clicked.connect(self.reject)
        self._go_on.clicked.connect(self._show_question)
        self._do.clicked.connect(self.refund_asked)

    # -- RefundView --

    def show_left(self, left: RefundPreview) -> None:
        """What can still be refunded of each line; all of it is proposed."""
        self._lines.show_lines(left)
        self._lines.lead_to(self._reason)
        self._show_stage(_FORM)
        self._lines.focus_first()
        self._look()

    def show_preview(self, preview: RefundPreview) -> None:
        self._parties.show_preview(preview)
        self._summary.show_preview(preview)
        self._offer(preview)

    def show_sending(self) -> None:
        self._banner.hide()
        self._show_stage(_SENDING)

    def show_done(self, preview: RefundPreview, order: Order) -> None:
        self._banner.hide()
        amount = money(preview.to_buyer, preview.currency)
        text = f"The order is {_status(order)}. Banks take some days to show it to the buyer."
        self._ended.tell(f"{amount} goes back to the buyer", text)
        self._show_stage(_DONE)
        self._close.setFocus()

    def show_problem(self, error: KodaError) -> None:
        """What stands in the way; nothing was given back."""
        before = self._stack.currentIndex()
        self._show_stage(_STUCK if before == _LOADING else _FORM)
        self._can_go_on = False
        self._go_on.setEnabled(False)
        kept = error.kept or "Nothing was refunded."
        self._banner.tell("danger", error.what, f"{kept} {error.remedy}".strip())
        self._banner.show()
        if before != _FORM:
            self._close.setFocus()
        if before == _SENDING:
            self._lines.focus_first()
            self._timer.start()

    def show_unfinished(self, preview: RefundPreview, error: KodaError | None) -> None:
        """A refund that may have been made: only the very same can be asked for again."""
        self.show_preview(preview)
        self._show_stage(_CONFIRM)
        self._back.hide()
        self._do.setText("Finish the refund")
        self._do.setAccessibleName(self._do.text())
        self._close.setText("Later")
        self._banner.tell(
            "warning",
            error.what if error else "This refund is not finished",
            "It may have been made already. Finishing it is safe: the buyer gets the money once.",
        )
        self._banner.show()
        self._do.setFocus()

    # -- inside --

    def _offer(self, preview: RefundPreview) -> None:
        amount = money(preview.to_buyer, preview.currency)
        self._can_go_on = True
        is_sound = not self._lines.has_problem()
        self._go_on.setEnabled(is_sound)
        self._name_go_on(f"Refund {amount}…" if is_sound else "Refund…")
        self._do.setText(f"Refund {amount}")
        self._do.setAccessibleName(self._do.text())
        self._question.setText(f"Give {amount} back to the buyer? This cannot be taken back.")

    def _name_go_on(self, text: str) -> None:
        self._go_on.setText(text)
        self._go_on.setAccessibleName(text)

    def _show_stage(self, stage: int) -> None:
        self._stack.setCurrentIndex(stage)
        shown = {
            self._back: stage == _CONFIRM,
            self._close: stage != _SENDING,
            self._go_on: stage == _FORM,
            self._do: stage == _CONFIRM,
        }
        for button, is_shown in shown.items():
            button.setVisible(is_shown)
        self._close.setText("Close" if stage in (_DONE, _STUCK) else "Cancel")
        self._close.setAccessibleName(self._close.text())

    @Slot()
    def _edited(self) -> None:
        """What was asked holds no more; ask again once the person rests."""
        self._banner.hide()
        self._can_go_on = False
        self._go_on.setEnabled(False)
        self._name_go_on("Refund…")
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        amounts: Mapping[str, int] | None = self._lines.amounts()
        if amounts is None:
            self._parties.show_preview(None)
        else:
            self.looked.emit(amounts, self._reason.text().strip())

    @Slot()
    def _show_question(self) -> None:
        if self._can_go_on:
            self._show_stage(_CONFIRM)
            self._close.setFocus()

    @Slot()
    def _show_form(self) -> None:
        self._show_stage(_FORM)
        self._lines.focus_first()

    def reject(self) -> None:
        """Escape goes back a stage first. What is under way is not left alone."""
        if self._stack.currentIndex() == _CONFIRM and self._back.isVisible():
            self._show_form()
        elif self._stack.currentIndex() != _SENDING:
            super().reject()


def _waiting(words: str) -> QWidget:
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    bar.setFixedWidth(280)
    bar.setAccessibleName(words)
    text = label(words, "secondary")
    return holder(column(None, row(None, text, None), row(None, bar, None), None, gap=12))


def _status(order: Order) -> str:
    if order.refunded_amount >= order.total_amount:
        return "refunded in full"
    return f"refunded by {money(order.refunded_amount, order.currency)} in all"
