"""The lower half of the Conflicts page: the three values in full, and the choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from koda_desktop.sync.conflict_rows import Choice, ConflictRow
from koda_desktop.sync.rows import Side
from koda_desktop.views.format import ago, count, counted, exactly
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.value_words import can_write, field_name, file_facts
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.facts import Facts
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.page_header import SIDE_MARGIN
from koda_desktop.views.widgets.value_view import ValueView

_UNKNOWN = "–"


class ConflictPanel(QWidget):
    """Shows the selected conflicts; each choice is for all of them."""

    chosen = Signal(object)
    """A Choice other than VALUE."""
    edit_asked = Signal()
    open_asked = Signal()

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.setObjectName("conflict-panel")
        self._heading = ElidedLabel(role="heading")
        self._open = Button(
            theme, "Show listing", "conflict-open", kind=Kind.QUIET, icon="external", small=True
        )
        self._base = _Card(theme, "Before both changes", "conflict-base")
        self._mine = _Card(theme, "Mine", "conflict-mine")
        self._theirs = _Card(theme, "Marketplace’s", "conflict-theirs")
        self._many = label("", "secondary", wrap=True)
        self._middle = QStackedWidget()
        self._middle.addWidget(holder(row(self._base, self._mine, self._theirs, gap=12)))
        self._middle.addWidget(holder(column(self._many, None)))
        self._make_buttons(theme)
        head = row(self._heading, self._open, gap=8)
        head.setStretch(0, 1)
        buttons = row(
            self._buttons[Choice.MINE],
            self._buttons[Choice.THEIRS],
            self._buttons[Choice.BOTH],
            self._edit,
            None,
            gap=8,
        )
        margins = (SIDE_MARGIN, 12, SIDE_MARGIN, 14)
        layout = column(head, self._middle, buttons, gap=10, margins=margins)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def _make_buttons(self, theme: Theme) -> None:
        self._buttons = {
            Choice.MINE: Button(theme, "Keep mine", "conflict-keep-mine", icon="check"),
            Choice.THEIRS: Button(
                theme, "Keep the marketplace’s", "conflict-keep-theirs", icon="download"
            ),
            Choice.BOTH: Button(theme, "Keep both", "conflict-keep-both", icon="plus"),
        }
        self._buttons[Choice.MINE].clicked.connect(self._keep_mine)
        self._buttons[Choice.THEIRS].clicked.connect(self._keep_theirs)
        self._buttons[Choice.BOTH].clicked.connect(self._keep_both)
        self._edit = Button(theme, "Write another value…", "conflict-edit", icon="edit")
        self._edit.clicked.connect(self.edit_asked)
        self._open.clicked.connect(self.open_asked)

    def show_rows(self, rows: Sequence[ConflictRow]) -> None:
        """Show what is selected: one conflict in full, or how many there are."""
        one = rows[0] if len(rows) == 1 else None
        self._middle.setCurrentIndex(0 if one is not None else 1)
        self._open.setVisible(one is not None)
        self._edit.setVisible(one is not None and can_write(one.mine.value))
        if one is not None:
            self._show_one(one)
        else:
            self._show_many(rows)
        self._buttons[Choice.BOTH].setVisible(any(row_.can_keep_both for row_ in rows))

    def _show_one(self, shown: ConflictRow) -> None:
        self._heading.set_full_text(f"{field_name(shown.field)} of “{shown.listing_title}”")
        now = self._now()
        self._base.show_side(shown.field, shown.base, None, "What both began from")
        mine = _when("You, on this computer", shown.mine_at, now)
        self._mine.show_side(shown.field, shown.mine, shown.base, mine, shown.mine_at)
        who = shown.theirs_by or "Somebody in the marketplace"
        theirs = _when(who, shown.theirs_at, now)
        self._theirs.show_side(shown.field, shown.theirs, shown.base, theirs, shown.theirs_at)
        self._name_buttons({})

    def _show_many(self, rows: Sequence[ConflictRow]) -> None:
        listings = len({row_.listing_id for row_ in rows})
        fields = counted(len(rows), "field")
        self._heading.set_full_text(f"{fields} of {counted(listings, 'listing')} selected")
        self._many.setText(
            "Your choice holds for all of them and can be undone until it has gone out. "
            "Only tags and descriptions can keep both values."
        )
        both = sum(1 for row_ in rows if row_.can_keep_both)
        counts = {Choice.MINE: len(rows), Choice.THEIRS: len(rows), Choice.BOTH: both}
        self._name_buttons({choice: f" ({count(number)})" for choice, number in counts.items()})

    def _name_buttons(self, counts: Mapping[Choice, str]) -> None:
        """``counts`` says behind each choice for how many fields it holds."""
        words = {
            Choice.MINE: "Keep mine",
            Choice.THEIRS: "Keep the marketplace’s",
            Choice.BOTH: "Keep both",
        }
        for choice, button in self._buttons.items():
            button.setText(words[choice] + counts.get(choice, ""))
            button.setAccessibleName(f"{words[choice]}: {self._heading.text()}")

    def focus_choices(self) -> None:
        self._buttons[Choice.MINE].setFocus()

    @Slot()
    def _keep_mine(self) -> None:
        self.chosen.emit(Choice.MINE)

    @Slot()
    def _keep_theirs(self) -> None:
        self.chosen.emit(Choice.THEIRS)

    @Slot()
    def _keep_both(self) -> None:
        self.chosen.emit(Choice.BOTH)


class _Card(QWidget):
    """One side: whose it is, since when, and its value; a file by what is known of it, in lines
    that stand beside those of the other sides."""

    def __init__(self, theme: Theme, heading: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._value = ValueView(theme, f"{name}-value")
        self._facts = Facts(f"{name}-facts")
        self._who = ElidedLabel(role="hint")
        self._shown = QStackedWidget()
        self._shown.addWidget(self._value)
        self._shown.addWidget(holder(column(self._facts, None, margins=(0, 4, 0, 0))))
        inner = column(
            label(heading, "field"), self._who, self._shown, gap=4, margins=(12, 10, 8, 10)
        )
        inner.setStretch(2, 1)
        self.setLayout(column(holder(inner, "box"), gap=0))

    def show_side(
        self, field: str, side: Side, before: Side | None, who: str, moment: str = ""
    ) -> None:
        is_file = field == "file" and side.is_set and isinstance(side.value, dict)
        self._shown.setCurrentIndex(1 if is_file else 0)
        if is_file:
            facts = file_facts(side.value)
            self._facts.show_facts([(name, words or _UNKNOWN) for name, words in facts])
        else:
            self._value.show_value(field, side, before)
        self._who.set_full_text(who)
        if moment:
            self._who.setToolTip(exactly(moment))


def _when(who: str, moment: str, now: datetime) -> str:
    when, who = ago(moment, now), who[:1].upper() + who[1:]
    return f"{who}  ·  {when[0].lower()}{when[1:]}" if when else who
