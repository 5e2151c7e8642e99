"""The Transfers page: what is on its way, and what arrived."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget

from koda_desktop.sync.rows import Direction, TransferRow, TransferState
from koda_desktop.views.format import counted, duration, size, speed
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import label, line
from koda_desktop.views.widgets.layouts import column, holder
from koda_desktop.views.widgets.page_header import SIDE_MARGIN, PageHeader
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.views.widgets.speed_choice import SpeedChoice
from koda_desktop.views.widgets.transfer_line import TransferLine, state_of
from koda_desktop.views.window_menu import rounded_menu

MOST_LINES = 100
"""More waiting transfers than this are counted, not listed: nobody reads them one by one."""

_ENDED = (TransferState.DONE, TransferState.CANCELLED)


class TransfersIntents(Protocol):
    """What the page asks of its controller."""

    def cancel(self, transfer_id: str) -> None: ...
    def retry(self, transfer_id: str) -> None: ...
    def pause(self, transfer_id: str, paused: bool) -> None: ...
    def prioritise(self, transfer_id: str, priority: int) -> None: ...
    def limit(self, bytes_per_second: int | None) -> None: ...


class TransfersPage(QWidget):
    """``opened`` and ``save_asked`` carry a listing's id, ``folder_asked`` the path of a file."""

    opened = Signal(str)
    save_asked = Signal(str)
    folder_asked = Signal(str)
    custom_limit_asked = Signal(object)
    """The limit in force, bytes a second or None."""

    def __init__(self, theme: Theme, intents: TransfersIntents) -> None:
        super().__init__()
        self._theme = theme
        self._intents = intents
        self._lines: dict[str, TransferLine] = {}
        self._menu: QMenu | None = None
        self.setObjectName("transfers-page")
        self._speed = SpeedChoice(theme, "transfers-speed")
        self._speed.limit_chosen.connect(intents.limit)
        self._speed.custom_asked.connect(self._ask_custom)
        self._header = PageHeader("Transfers", self._speed)
        self._open = _Group("On the way")
        self._done = _Group("Recent")
        groups = holder(column(self._open, 10, self._done, None, gap=0, margins=(0, 0, 0, 24)))
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                theme,
                "transfers",
                "No transfers",
                "When you publish a listing, its file goes straight to the marketplace’s storage; "
                "“Save file…” on a published listing brings it back. You see here how far it is.",
            )
        )
        self._stack.addWidget(scrolled(groups, "transfers-scroll"))
        self.setLayout(column(self._header, self._stack, gap=0))

    def show_transfers(self, rows: Sequence[TransferRow], limit: int | None) -> None:
        """Show ``rows``: those under way above, those that ended below; ``limit`` as bytes/s."""
        self._speed.show_limit(limit)
        under_way = [row for row in rows if row.state not in _ENDED]
        ended = [row for row in rows if row.state in _ENDED]
        self._stack.setCurrentIndex(1 if rows else 0)
        still = (TransferState.PARKED, TransferState.PAUSED)
        moving = [row for row in under_way if state_of(row) not in still]
        self._header.set_remark(_summary(moving))
        shown = [*under_way[:MOST_LINES], *ended]
        self._drop_others({row.id for row in shown})
        self._open.show_lines([self._line(row) for row in under_way[:MOST_LINES]])
        self._open.show_rest(len(under_way) - MOST_LINES)
        self._done.show_lines([self._line(row) for row in ended])

    def _line(self, row: TransferRow) -> TransferLine:
        found = self._lines.get(row.id)
        if found is not None:
            found.show_row(row)
            return found
        made = self._lines[row.id] = TransferLine(self._theme, row)
        made.cancelled.connect(self._cancel)
        made.retried.connect(self._retry)
        made.paused.connect(self._pause)
        made.more_asked.connect(self._open_menu)
        return made

    # -- what the person asks --

    @Slot(object)
    def _cancel(self, row: TransferRow) -> None:
        self._intents.cancel(row.id)

    @Slot(object)
    def _retry(self, row: TransferRow) -> None:
        self._intents.retry(row.id)

    @Slot(object)
    def _pause(self, row: TransferRow) -> None:
        self._intents.pause(row.id, not row.is_paused)

    @Slot()
    def _ask_custom(self) -> None:
        self.custom_limit_asked.emit(self._speed.limit)

    @Slot(object, QPoint)
    def _open_menu(self, row: TransferRow, place: QPoint) -> None:
        """What is asked for less often: order, and where the file and its listing are."""
        if self._menu is not None:
            self._menu.deleteLater()
        menu = self._menu = rounded_menu(self)
        menu.setObjectName("transfer-menu")
        for text, do in self.choices(row):
            menu.addAction(text).triggered.connect(_plain(do))
        menu.popup(place)

    def choices(self, row: TransferRow) -> list[tuple[str, Callable[[], None]]]:
        """The words and the doing of each entry of a transfer's menu."""
        found: list[tuple[str, Callable[[], None]]] = []
        if row.state not in _ENDED:
            for text, priority in (("Go first", 1), ("Go as usual", 0), ("Go last", -1)):
                if priority != row.priority:
                    found.append((text, partial(self._intents.prioritise, row.id, priority)))
        elif row.direction is Direction.DOWN:
            found.append(("Show in folder", partial(self.folder_asked.emit, row.target)))
        else:
            found.append(("Save file…", partial(self.save_asked.emit, row.listing_id)))
        return [*found, ("Show listing", partial(self.opened.emit, row.listing_id))]

    def _drop_others(self, ids: set[str]) -> None:
        for gone in [known for known in self._lines if known not in ids]:
            made = self._lines.pop(gone)
            made.hide()
            made.deleteLater()


class _Group(QWidget):
    """A heading and lines under it; gone while there are none."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self._head: QLabel = label(heading, "section")
        self._head.setContentsMargins(SIDE_MARGIN, 8, 0, 8)
        self._rest = label("", "hint")
        self._rest.setContentsMargins(SIDE_MARGIN, 8, 0, 8)
        self._layout: QVBoxLayout = column(gap=0)
        self.setLayout(column(self._head, line(), self._layout, self._rest, gap=0))
        self._shown: list[TransferLine] = []

    def show_lines(self, lines: list[TransferLine]) -> None:
        self.setVisible(bool(lines))
        if lines == self._shown:
            return
        for old in self._shown:
            self._layout.removeWidget(old)
        for new in lines:
            self._layout.addWidget(new)
            new.show()
        self._shown = lines

    def show_rest(self, number: int) -> None:
        self._rest.setVisible(number > 0)
        self._rest.setText(f"and {counted(number, 'more transfer')} waiting")


def _plain(do: Callable[[], None]) -> Callable[[bool], None]:
    """``triggered`` carries whether it is checked, which nobody wants."""

    def call(checked: bool) -> None:
        do()

    return call


def _summary(under_way: Sequence[TransferRow]) -> str:
    """``3 on the way · 2.1 MB/s · 12 s left``."""
    moving = sum(row.bytes_per_second for row in under_way)
    left = sum(row.size - row.bytes_done for row in under_way)
    if not under_way:
        return ""
    words = f"{len(under_way)} on the way  ·  {size(left)} to go"
    return (
        f"{words}  ·  {speed(moving)}  ·  {duration(left / moving)} left" if moving > 0 else words
    )
