"""What the window sends to the system's browser, taken instead of opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices


class Browser(QObject):
    """Takes the addresses that would be opened, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.addresses.append(url.toString())


@contextmanager
def taken_addresses() -> Iterator[Browser]:
    """Nothing is opened meanwhile."""
    taken = Browser()
    # The stubs want bytes; what is called takes a name as text.
    QDesktopServices.setUrlHandler("http", taken, "take")  # type: ignore[arg-type]
    try:
        yield taken
    finally:
        QDesktopServices.unsetUrlHandler("http")
