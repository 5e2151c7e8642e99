"""The Transfers page: what is on its way, and what arrived."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from koda_desktop.sync.rows import TransferRow, TransferState
from koda_desktop.views.format import counted, duration, size, speed
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import label, line
from koda_desktop.views.widgets.layouts import column, holder
from koda_desktop.views.widgets.page_header import SIDE_MARGIN, PageHeader
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.views.widgets.transfer_line import TransferLine

MOST_LINES = 100
"""More waiting transfers than this are counted, not listed: nobody reads them one by one."""

_OPEN = (TransferState.ACTIVE, TransferState.PARKED, TransferState.QUEUED)


class TransfersPage(QWidget):
    """``cancelled`` carries a transfer's id, ``retried`` a listing's."""

    cancelled = Signal(str)
    retried = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: dict[str, TransferLine] = {}
        self.setObjectName("transfers-page")
        self._header = PageHeader("Transfers")
        self._open = _Group("On the way")
        self._done = _Group("Recent")
        groups = holder(column(self._open, 10, self._done, None, gap=0, margins=(0, 0, 0, 24)))
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                theme,
                "transfers",
                "No transfers",
                "When you publish a listing, its file goes straight to the marketplace’s storage. "
                "You see here how far it is.",
            )
        )
        self._stack.addWidget(scrolled(groups, "transfers-scroll"))
        self.setLayout(column(self._header, self._stack, gap=0))

    def show_transfers(self, rows: Sequence[TransferRow]) -> None:
        """Show ``rows``: those under way above, those that ended below."""
        under_way = [row for row in rows if row.state in _OPEN]
        ended = [row for row in rows if row.state not in _OPEN]
        self._stack.setCurrentIndex(1 if rows else 0)
        moving = [row for row in under_way if row.state is not TransferState.PARKED]
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
        made.cancelled.connect(self.cancelled)
        made.retried.connect(self.retried)
        return made

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
