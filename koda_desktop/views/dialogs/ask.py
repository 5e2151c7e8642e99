"""The one way to open a dialog: never a nested loop, which would strand every other task."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QDialog


async def ask(dialog: QDialog) -> int:
    """Open ``dialog`` over its parent and wait; what it ended with, 0 when it was rejected.

    The dialog is deleted afterwards: read its answers before the next await.
    """
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finished(result: int) -> None:
        if not answer.done():
            answer.set_result(result)

    dialog.finished.connect(finished)
    dialog.open()
    try:
        return await answer
    finally:
        dialog.close()
        dialog.deleteLater()
