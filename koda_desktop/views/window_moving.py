"""Moving about in the window: from section to section, to a listing, back and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from koda_desktop.controllers.places import Place, Trail

if TYPE_CHECKING:
    from koda_desktop.views.main_window import MainWindow

EDITOR = "editor"
"""The section that shows one listing; it stands among the listings in the navigation."""


class WindowMoving:
    """Shows one place of ``window`` at a time, and remembers where a person was."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._section = "listings"
        self._trail = Trail()
        self._trail.visit(Place("listings"))

    def go(self, section: str) -> None:
        """Show ``section``."""
        self._visit(Place(section))

    def show_listing(self, listing_id: str) -> None:
        """Bring a listing into view."""
        self._visit(Place("listings", listing_id))

    def edit_listing(self, listing_id: str) -> None:
        """Show a listing on a whole page, to be worked on."""
        self._visit(Place(EDITOR, listing_id))

    @property
    def section(self) -> str:
        """The section that is shown."""
        return self._section

    def back(self) -> None:
        """Show what was shown before; nothing happens at the beginning."""
        self._show(self._trail.back())

    def forward(self) -> None:
        """Undo ``back``; nothing happens at the end."""
        self._show(self._trail.forward())

    def _visit(self, place: Place) -> None:
        self._trail.visit(place)
        self._show(place)

    def _show(self, place: Place | None) -> None:
        if place is None:
            return
        window, pages, section = self._window, self._window.work.pages, place.section
        self._section = section
        page = window.listings_page if section == "listings" else pages.page(section)
        if pages.is_first_run and section != "settings":
            page = pages.page("first-run")
        window.stack.setCurrentWidget(page)
        window.sidebar.mark("listings" if section == EDITOR else section)
        if section == EDITOR and pages.editor is not None:
            pages.editor.open(place.listing_id)
        elif place.listing_id:
            window.work.listings.show_listing(place.listing_id)
