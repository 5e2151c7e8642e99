"""The list of dropped files at the left of the intake."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from koda_desktop.controllers.intake_state import IntakeFile, IntakeStage
from koda_desktop.views.format import counted
from koda_desktop.views.tables.lines import draw_line, is_set
from koda_desktop.views.tables.object_list import ITEM_ROLE, Index, ObjectListModel
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 52


def stage_look(file: IntakeFile) -> tuple[str, str]:
    """The icon of a file and its token."""
    if file.stage in (IntakeStage.CHECKING, IntakeStage.STOPPED):
        return "clock", "text-tertiary"
    if file.stage is IntakeStage.SAVED:
        return "check-circle", "success"
    if file.secrets:
        return "key", "danger-text"
    if file.wrong or file.note or file.errors:
        return "error", "danger-text"
    if file.warnings:
        return "alert", "warning-text"
    return "check-circle", "success"


_STAGES = {
    IntakeStage.CHECKING: "Checking",
    IntakeStage.STOPPED: "Not checked",
    IntakeStage.SAVED: "Saved",
    IntakeStage.FAILED: "Could not be checked",
}


def stage_words(file: IntakeFile) -> str:
    """What stands below the file's name."""
    if file.stage in _STAGES:
        return _STAGES[file.stage]
    if file.wrong:
        return "Something is missing"
    if file.note:
        return "Could not be saved"
    if file.secrets:
        return _blocked_words(file)
    if file.errors:
        return counted(file.errors, "problem")
    cleaned = f", {file.removed} removed" if file.removed else ""
    warned = f", {counted(file.warnings, 'warning')}" if file.warnings else ""
    return f"{file.platform}{cleaned}{warned}"


def _blocked_words(file: IntakeFile) -> str:
    secrets = counted(len(file.secrets), "secret")
    return f"{secrets}, {counted(file.errors, 'problem')}" if file.errors else secrets


class IntakeDelegate(QStyledItemDelegate):
    """An icon, the file's name, how it stands."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name = sans(13, QFont.Weight.Medium)
        self._small = sans(12)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        file: IntakeFile = index.data(ITEM_ROLE)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, rect)
        name, token = stage_look(file)
        ratio = painter.device().devicePixelRatioF()
        left = rect.left() + 20
        middle = rect.center().y()
        painter.drawPixmap(left, middle - 9, self._theme.pixmap(name, token, 18, ratio))
        width = rect.width() - 66
        upper = QRect(left + 28, rect.top() + 8, width, 18)
        lower = QRect(left + 28, rect.top() + 26, width, 17)
        cut = Qt.TextElideMode.ElideMiddle
        draw_line(painter, file.path.name, self._name, self._theme.color("text"), upper, mode=cut)
        quiet = self._theme.color("text-secondary")
        draw_line(painter, stage_words(file), self._small, quiet, lower)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect) -> None:
        selected = is_set(option, QStyle.StateFlag.State_Selected)
        hovered = is_set(option, QStyle.StateFlag.State_MouseOver)
        painter.setPen(Qt.PenStyle.NoPen)
        if is_set(option, QStyle.StateFlag.State_HasFocus):
            painter.setPen(self._theme.color("focus"))
        if selected or hovered:
            painter.setBrush(self._theme.color("pressed" if selected else "hover"))
            painter.drawRoundedRect(rect.adjusted(10, 1, -10, -1), 7, 7)


def intake_list(theme: Theme) -> tuple[QListView, ObjectListModel[IntakeFile]]:
    """The list and the model that fills it."""
    view = QListView()
    view.setObjectName("intake-list")
    view.setAccessibleName("Files")
    model: ObjectListModel[IntakeFile] = ObjectListModel(
        lambda file: f"{file.path.name}: {stage_words(file)}", view
    )
    delegate = IntakeDelegate(theme)
    delegate.setParent(view)
    view.setModel(model)
    view.setItemDelegate(delegate)
    view.setMouseTracking(True)
    view.setUniformItemSizes(True)
    view.viewport().setAutoFillBackground(False)
    view.setProperty("surface", "sidebar")
    return view, model
