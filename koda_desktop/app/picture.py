"""A picture of the real window, for the main job where there is no screen."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QApplication

from koda_desktop.app.opening import Opening
from koda_desktop.app.session import Session
from koda_desktop.app.start import Options
from koda_desktop.errors import LocalFault
from koda_desktop.runtime.paths import Paths
from koda_desktop.views.main_window import MainWindow
from koda_desktop.workspace import Workspace

_SECONDS = 10.0


async def take(
    application: QApplication, paths: Paths, workspace: Workspace, listing_id: str, target: Path
) -> None:
    """Show ``listing_id`` of the open ``workspace`` in a window and write its picture.

    Raises LocalFault when the window does not come to show it, or the file cannot be written.
    """
    opening = Opening(application, Options(paths, is_offline=True))
    session = Session(opening)
    window = session.window
    window.show()
    window.use(workspace)
    window.show_listing(listing_id)
    try:
        async with asyncio.timeout(_SECONDS):
            # The page tells nobody when it has everything; a picture may ask.
            while not _is_shown(window, listing_id):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not window.grab().save(str(target)):
            raise LocalFault(f"The picture could not be written to {target}.")
    except TimeoutError:
        raise LocalFault("The window did not show the listing.") from None
    finally:
        window.leave()
        await session.close()


def _is_shown(window: MainWindow, listing_id: str) -> bool:
    """Whether the listing's line in the table and its details have both been read."""
    page = window.listings_page
    return page.shown_id() == listing_id and page.model.line_of(listing_id) >= 0
