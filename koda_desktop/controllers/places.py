"""Where a person was in the window, so that they can go back and forward as in a browser."""

from __future__ import annotations

from typing import NamedTuple

MOST = 100


class Place(NamedTuple):
    """A section of the window, and the listing that was open in it; empty for none."""

    section: str
    listing_id: str = ""


class Trail:
    """The places that were visited; the oldest of more than a hundred are forgotten."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._now = -1

    def visit(self, place: Place) -> None:
        """Remember ``place``; what lay ahead is forgotten. The same place twice is one visit."""
        if self._places and self._places[self._now] == place:
            return
        del self._places[self._now + 1 :]
        self._places.append(place)
        del self._places[:-MOST]
        self._now = len(self._places) - 1

    @property
    def can_go_back(self) -> bool:
        return self._now > 0

    @property
    def can_go_forward(self) -> bool:
        return self._now < len(self._places) - 1

    def back(self) -> Place | None:
        """The place before this one, which is the present one then; None at the beginning."""
        if not self.can_go_back:
            return None
        self._now -= 1
        return self._places[self._now]

    def forward(self) -> Place | None:
        """The place after this one, which is the present one then; None at the end."""
        if not self.can_go_forward:
            return None
        self._now += 1
        return self._places[self._now]
