"""The scenes of the gallery that show the allowed values."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from koda_desktop.views.tables.allowances import AllowanceList
from koda_desktop.workspace.allowances import Allowances
from tests.views.fakes import FakeWorkspace, StillClock
from tests.views.gallery_data import catalogue
from tests.views.gallery_studio import SETTLE, Studio, opened, part

_SEEN = (
    ("GitHub token", "ghp_… (40 characters)", "The token of the public demo account",
     "invoice-reminder.json, nodes[6].parameters.headerParameters.parameters[0].value"),
    ("API key", "sk-proj-… (40 characters)", ("A made-up key from the vendor's own documentation, "
     "which every reader of it has seen, and which was never valid for any account of ours"),
     ("a-very-long-file-name-that-nobody-would-ever-type-by-hand-but-exports-have.json, nodes[12]."
     "parameters.options.additionalFields.custom.properties[3].value")),
    ("Password in an address", "••• (6 characters)", "Of the sandbox", "sync.py, line 12"),
    ("Webhook address of Slack", "hooks.slack.com/… (77 characters)", "Archived workspace", ""),
)  # fmt: skip


def allow_many(allowances: Allowances, number: int) -> None:
    """Allow ``number`` made-up values."""
    for place in range(number):
        kind, masked, reason, seen = _SEEN[place % len(_SEEN)]
        digest = hashlib.sha256(f"value {place}".encode()).hexdigest()
        allowances.allow(digest, kind, reason, masked=masked, seen=seen)


async def _settings(studio: Studio, number: int) -> QWidget:
    allowances = Allowances(studio.data, StillClock())
    allowances.forget(*allowances.digests())
    allow_many(allowances, number)
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.go("settings")
    await asyncio.sleep(SETTLE)
    allowances_button = part(window, "show-allowances")
    assert isinstance(allowances_button, QAbstractButton)
    allowances_button.click()
    await asyncio.sleep(SETTLE)
    allowances.forget(*allowances.digests())
    return part(window, "allowances-dialog")


async def allowances(studio: Studio) -> QWidget:
    dialog = await _settings(studio, 40)
    shown = part(dialog, "allowances")
    assert isinstance(shown, AllowanceList)
    for row in (0, 2):
        flag = QItemSelectionModel.SelectionFlag.Select
        shown.selectionModel().select(shown.lines.index(row), flag)
    return dialog


async def allowances_searched(studio: Studio) -> QWidget:
    dialog = await _settings(studio, 40)
    _type(dialog, "slack archived")
    await asyncio.sleep(SETTLE)
    dialog.resize(dialog.minimumSize())
    return dialog


async def allowances_no_match(studio: Studio) -> QWidget:
    dialog = await _settings(studio, 3)
    _type(dialog, "quarterly")
    await asyncio.sleep(SETTLE)
    return dialog


async def allowances_empty(studio: Studio) -> QWidget:
    return await _settings(studio, 0)


async def allowances_withdraw(studio: Studio) -> QWidget:
    dialog = await allowances(studio)
    button = part(dialog, "allowances-withdraw")
    assert isinstance(button, QAbstractButton)
    button.click()
    await asyncio.sleep(SETTLE)
    return part(dialog, "confirm-dialog")


def _type(dialog: QWidget, words: str) -> None:
    field = part(dialog, "allowances-search")
    assert isinstance(field, QLineEdit)
    field.setText(words)


ALLOWANCES_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    allowances,
    allowances_searched,
    allowances_no_match,
    allowances_empty,
    allowances_withdraw,
)
