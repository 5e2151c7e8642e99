"""How fast transfers may go: no limit, one of a few, or one's own."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from koda_desktop.views.format import speed
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.combo import Combo

PRESETS = (250_000, 1_000_000, 5_000_000, 20_000_000)
_UNLIMITED = "Unlimited speed"
_CUSTOM = "Another limit…"


class SpeedChoice(Combo):
    """``limit_chosen`` carries bytes a second or None; ``custom_asked`` asks for a figure."""

    limit_chosen = Signal(object)
    custom_asked = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, (), name, "Speed limit of all transfers")
        self._limit: int | None = None
        self._fill()
        self.activated.connect(self._picked)
        self.setMinimumWidth(168)

    @property
    def limit(self) -> int | None:
        return self._limit

    def show_limit(self, limit: int | None) -> None:
        """Show ``limit`` (bytes a second, None for none) without telling anyone."""
        if limit != self._limit:
            self._limit = limit
            self._fill()

    def _fill(self) -> None:
        limits: list[int | None] = [None, *PRESETS]
        if self._limit not in limits:
            limits = [None, *sorted((*PRESETS, self._limit or 0))]
        self.clear()
        for limit in limits:
            self.addItem(_UNLIMITED if limit is None else f"At most {speed(limit)}", limit)
        self.addItem(_CUSTOM)
        self.setCurrentIndex(limits.index(self._limit))

    @Slot(int)
    def _picked(self, index: int) -> None:
        if self.itemText(index) == _CUSTOM:
            # It stays at what holds until another figure is given.
            self._fill()
            self.custom_asked.emit()
        elif self.itemData(index) != self._limit:
            self.limit_chosen.emit(self.itemData(index))
