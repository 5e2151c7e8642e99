"""Asks for the file of a preview picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from koda_desktop.views.dialogs.ask import ask

_KINDS = "Pictures (*.png *.jpg *.jpeg *.webp);;All files (*)"


async def ask_picture(parent: QWidget) -> Path | None:
    """The file that a person chooses; None when they choose none."""
    dialog = QFileDialog(parent, "Choose the preview picture", "", _KINDS)
    dialog.setObjectName("picture-dialog")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return Path(dialog.selectedFiles()[0]) if await ask(dialog) else None
