"""New keys for a workspace: the database's address, the bucket's keys, the Stripe key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.errors import KodaError
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.layouts import column

_FIELDS = (
    ("mongodb-uri", "MongoDB address"),
    ("s3-access-key-id", "Access key ID of the storage"),
    ("s3-secret-access-key", "Secret access key of the storage"),
    ("stripe-api-key", "Stripe API key"),
)
"""The names of the keyring's entries, and what they are called."""

Spawn = Callable[[Coroutine[Any, Any, None], str], None]
Update = Callable[[str, Mapping[str, str]], Awaitable[None]]


class KeysDialog(Dialog):
    """``update`` is awaited with the workspace's name and the keys; what it raises is shown."""

    def __init__(
        self, theme: Theme, parent: QWidget | None, name: str, spawn: Spawn, update: Update
    ) -> None:
        super().__init__(parent, f"Update the keys of “{name}”", "keys-dialog")
        self._name = name
        self._spawn = spawn
        self._update = update
        self._lines = {key: _line(key) for key, _ in _FIELDS}
        self._banner = Banner(theme, "keys-dialog-banner")
        self._banner.hide()
        cancel = Button(theme, "Cancel", "keys-cancel")
        self._save = Button(theme, "Save and connect", "keys-save", kind=Kind.PRIMARY)
        cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self._ask)
        fields = [FormField(text, self._lines[key]) for key, text in _FIELDS]
        self.setFixedWidth(480)
        text = (
            "Fill in what changed; what stays empty is left as it is. Keys are kept in this "
            "computer’s keyring. Those set in the environment go first."
        )
        self.lay_out(column(self._banner, *fields, gap=12), None, cancel, self._save, text=text)
        self._lines["mongodb-uri"].setFocus()

    @Slot()
    def _ask(self) -> None:
        self._spawn(self._saved(), "keys.save")

    async def _saved(self) -> None:
        self._save.setEnabled(False)
        keys = {key: line.text().strip() for key, line in self._lines.items()}
        try:
            await self._update(self._name, keys)
        except KodaError as error:
            self._save.setEnabled(True)
            self._banner.tell("danger", error.what, f"{error.kept} {error.remedy}".strip())
            self._banner.show()
        else:
            self.accept()


def _line(key: str) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(f"keys-{key}")
    made.setPlaceholderText("Unchanged")
    if key != "s3-access-key-id":
        made.setEchoMode(QLineEdit.EchoMode.Password)
    return made
