"""The form that connects one's own MongoDB, object store and Stripe account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.errors import KodaError
from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import label, line
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.scroll import scrolled
from koda_desktop.workspace.info import NewWorkspace, WorkspaceInfo, WorkspaceKind

Spawn = Callable[[Coroutine[Any, Any, None], str], None]
_SECRETS = ("mongodb-uri", "s3-access-key-id", "s3-secret-access-key", "stripe-api-key")


class WorkspaceDialog(Dialog):
    """``test`` and ``add`` are awaited; what they raise is shown above the form."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        spawn: Spawn,
        test: Callable[[NewWorkspace], Awaitable[str]],
        add: Callable[[NewWorkspace], Awaitable[None]],
    ) -> None:
        super().__init__(parent, "Connect a marketplace", "workspace-dialog")
        self._spawn = spawn
        self._test = test
        self._add = add
        self._lines: dict[str, QLineEdit] = {}
        self._banner = Banner(theme, "workspace-banner")
        self._banner.hide()
        self._tester = Button(theme, "Test connection", "workspace-test", icon="plug")
        self._adder = Button(theme, "Connect", "workspace-add", kind=Kind.PRIMARY)
        cancel = Button(theme, "Cancel", "workspace-cancel")
        self._tester.clicked.connect(self._run_test)
        self._adder.clicked.connect(self._run_add)
        cancel.clicked.connect(self.reject)
        body = column(self._banner, scrolled(self._form(), "workspace-scroll"), gap=12)
        text = (
            "Use your own MongoDB, S3-compatible storage and Stripe account. "
            "Keys are kept in this computer’s keyring, never in a file."
        )
        self.resize(560, 660)
        self.lay_out(body, self._tester, None, cancel, self._adder, text=text)

    def _form(self) -> QWidget:
        return holder(
            column(
                self._field("name", "Name", "my-shop", "Lower-case letters, digits and hyphens."),
                self._field("user-id", "Your user id", "66f0c1…", "The _id of your account."),
                _part("Database"),
                self._field("mongodb-uri", "MongoDB address", "mongodb+srv://…", secret=True),
                self._field("database", "Database name", "koda"),
                _part("Storage"),
                self._field("s3-endpoint", "Endpoint", "https://…", "Empty for Amazon S3."),
                self._pair("bucket", "Bucket", "region", "Region"),
                self._field("s3-access-key-id", "Access key ID", ""),
                self._field("s3-secret-access-key", "Secret access key", "", secret=True),
                _part("Payments"),
                self._field("stripe-api-key", "Stripe API key", "rk_…", secret=True),
                gap=12,
                margins=(0, 0, 12, 4),
            )
        )

    def _pair(self, one: str, one_text: str, two: str, two_text: str) -> QWidget:
        parts = row(
            self._field(one, one_text, ""), self._field(two, two_text, "eu-central-1"), gap=12
        )
        return holder(parts)

    def _field(
        self, key: str, text: str, example: str, hint: str = "", *, secret: bool = False
    ) -> FormField:
        line = QLineEdit()
        line.setObjectName(f"workspace-{key}")
        line.setPlaceholderText(example)
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        self._lines[key] = line
        return FormField(text, line, hint)

    def filled(self) -> NewWorkspace:
        """What stands in the form."""
        text = {key: line.text().strip() for key, line in self._lines.items()}
        info = WorkspaceInfo(
            name=text["name"].lower(),
            kind=WorkspaceKind.DIRECT,
            user_id=text["user-id"],
            database=text["database"],
            s3_endpoint=text["s3-endpoint"],
            bucket=text["bucket"],
            region=text["region"],
        )
        return NewWorkspace(info, {key: text[key] for key in _SECRETS if text[key]})

    @Slot()
    def _run_test(self) -> None:
        self._spawn(self._tested(), "workspace.test")

    @Slot()
    def _run_add(self) -> None:
        self._spawn(self._added(), "workspace.add")

    async def _tested(self) -> None:
        self._wait("Trying the servers")
        try:
            reached = await self._test(self.filled())
        except KodaError as error:
            self._fail(error)
        else:
            self._ready()
            self._banner.tell("success", "The connection works", reached)

    async def _added(self) -> None:
        self._wait("Connecting")
        try:
            await self._add(self.filled())
        except KodaError as error:
            self._fail(error)
        else:
            self.accept()

    def _wait(self, heading: str) -> None:
        self._tester.setEnabled(False)
        self._adder.setEnabled(False)
        self._banner.tell("info", heading)
        self._banner.show()

    def _fail(self, error: KodaError) -> None:
        self._ready()
        self._banner.tell("danger", error.what, f"{error.kept} {error.remedy}".strip())

    def _ready(self) -> None:
        self._tester.setEnabled(True)
        self._adder.setEnabled(True)


def _part(text: str) -> QWidget:
    """The name of a part of the form, under a hairline."""
    return holder(column(line(), label(text, "heading"), gap=14, margins=(0, 8, 0, 0)))
