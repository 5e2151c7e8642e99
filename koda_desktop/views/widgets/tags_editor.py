"""Tags: typed one after the other, each a chip that can be taken away."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCompleter, QFrame, QLineEdit

from koda_desktop.models.vocabulary import TAG_MAX, TAGS_MAX
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.flow import FlowLayout
from koda_desktop.views.widgets.labels import set_style_property

_HEIGHT = 24
_MOST = 220


class TagChip(QAbstractButton):
    """One tag; a click, Delete or Backspace on it takes it away."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setObjectName(f"tag-{text}")
        self.setAccessibleName(f"Tag {text}, remove")
        self.setToolTip(f"Remove {text}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        width = QFontMetrics(sans(12)).horizontalAdvance(self.text())
        return QSize(min(width + 12 + self._after_words(), _MOST), _HEIGHT)

    def _after_words(self) -> int:
        """The room at the right, for the cross if there is one."""
        return 20 if self.isEnabled() else 9

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.click()
        else:
            super().keyPressEvent(event)

    def outline(self) -> QPen:
        return QPen(self._theme.color("focus"), 2) if self.hasFocus() else QPen(Qt.PenStyle.NoPen)

    def ground(self) -> str:
        """The name of the colour behind the words."""
        return "pressed" if self.underMouse() else "neutral-subtle"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(self.outline())
        painter.setBrush(self._theme.color(self.ground()))
        painter.drawRoundedRect(area, 6, 6)
        painter.setFont(sans(12))
        painter.setPen(self._theme.color("text"))
        words = self.rect().adjusted(9, 0, -self._after_words(), 0)
        text = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        if not self.isEnabled():
            return
        ratio = self.devicePixelRatioF()
        cross = self._theme.pixmap("close", "text-secondary", 12, ratio)
        painter.drawPixmap(self.width() - 19, (self.height() - 12) // 2, cross)


class _Line(QLineEdit):
    """Asks for no more than its least width, so that it stays on the line of the last chip."""

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), super().sizeHint().height())


class TagsEditor(QFrame):
    """A field of chips with a line at the end. Comma or Enter adds, Backspace takes the last."""

    tags_changed = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._chips: list[TagChip] = []
        self.setObjectName(name)
        self.setProperty("field", True)
        self.line = _Line()
        self.line.setObjectName(f"{name}-line")
        self.line.setAccessibleName("Add a tag")
        self.line.setProperty("bare", True)
        self.line.setMaxLength(TAG_MAX)
        self.line.installEventFilter(self)
        self.line.textEdited.connect(self._split)
        self.line.editingFinished.connect(self._take)
        self.setFocusProxy(self.line)
        self._flow = FlowLayout(self, 5, fills=True)
        self._flow.setContentsMargins(6, 4, 6, 4)
        self._flow.addWidget(self.line)
        self._update_hint()

    def suggest(self, known: Iterable[str]) -> None:
        """Offer ``known`` tags while one is typed; Enter or a click takes one."""
        completer = QCompleter(list(known), self.line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self._take_suggested, Qt.ConnectionType.QueuedConnection)
        self.line.setCompleter(completer)

    @Slot(str)
    def _take_suggested(self, text: str) -> None:
        self.line.clear()
        self._add(text)

    def tags(self) -> list[str]:
        return [chip.text() for chip in self._chips]

    def set_tags(self, tags: Iterable[str]) -> None:
        """Show ``tags`` without telling anyone."""
        for chip in self._chips:
            self._drop(chip)
        self._chips = []
        for tag in tags:
            self._append(tag)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            set_style_property(self, "active", event.type() == QEvent.Type.FocusIn)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Backspace and not self.line.text() and self._chips:
            self._remove(self._chips[-1])
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.line.text().strip():
            self._take()
            return True
        return False

    @Slot(str)
    def _split(self, text: str) -> None:
        if "," in text:
            for part in text.split(","):
                self._add(part)
            self.line.clear()

    @Slot()
    def _take(self) -> None:
        text = self.line.text()
        self.line.clear()
        self._add(text)

    def _add(self, text: str) -> None:
        tag = " ".join(text.split())
        if tag and tag not in self.tags() and len(self._chips) < TAGS_MAX:
            self._append(tag)
            self._arrange()
            self.tags_changed.emit()

    def _append(self, tag: str) -> None:
        chip = TagChip(self._theme, tag)
        chip.clicked.connect(self._clicked)
        self._chips.append(chip)

    @Slot()
    def _clicked(self) -> None:
        chip = self.sender()
        if isinstance(chip, TagChip):
            self._remove(chip)

    def _remove(self, chip: TagChip) -> None:
        self._chips.remove(chip)
        self._drop(chip)
        self.line.setFocus()
        self._update_hint()
        self.updateGeometry()
        self.tags_changed.emit()

    def _drop(self, chip: TagChip) -> None:
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    def _arrange(self) -> None:
        self._flow.removeWidget(self.line)
        for chip in self._chips:
            self._flow.removeWidget(chip)
            self._flow.addWidget(chip)
        self._flow.addWidget(self.line)
        self._update_hint()
        self.updateGeometry()

    def _update_hint(self) -> None:
        self.line.setPlaceholderText("" if self._chips else "Add tags, separated by commas")
        self.line.setMinimumWidth(64 if self._chips else 200)
