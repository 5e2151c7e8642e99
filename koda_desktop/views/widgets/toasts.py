"""Messages in the lower right corner: they go by themselves, except the grave ones."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QHBoxLayout, QWidget

from koda_desktop.controllers.messages import Level, Message
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind, icon_button
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, row

_WIDTH = 380
_MARGIN = 20
_MOST = 3
_SECONDS = {Level.INFO: 6, Level.SUCCESS: 6, Level.WARNING: 12, Level.DANGER: 0}
_ICONS = {
    Level.INFO: "info",
    Level.SUCCESS: "check-circle",
    Level.WARNING: "alert",
    Level.DANGER: "error",
}


class Toast(QFrame):
    """One message with its buttons."""

    closed = Signal()

    def __init__(self, theme: Theme, message: Message) -> None:
        super().__init__()
        self.message = message
        self.setObjectName("toast")
        self.setProperty("toast", True)
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName(f"{message.text} {message.detail}".strip())
        close = icon_button(theme, "close", "Dismiss", "toast-close", small=True)
        close.clicked.connect(self.closed)
        icon = IconLabel(theme, _ICONS[message.level], f"{message.level.value}-text", 18)
        words = column(label(message.text, "strong", wrap=True), gap=3)
        if message.detail:
            words.addWidget(label(message.detail, "secondary", wrap=True))
        if message.actions:
            words.addLayout(self._buttons(theme, message))
        ends = column(icon, None), column(close, None)
        layout = row(ends[0], words, ends[1], gap=10, margins=(14, 12, 8, 12))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._cast_shadow(theme)

    def _buttons(self, theme: Theme, message: Message) -> QHBoxLayout:
        buttons = []
        for action in message.actions:
            button = Button(theme, action.text, "toast-action", kind=Kind.SECONDARY, small=True)
            button.clicked.connect(self._runner(action.run))
            buttons.append(button)
        return row(*buttons, None, gap=6, margins=(0, 5, 0, 0))

    def _runner(self, run: Callable[[], None]) -> Callable[[], None]:
        def act() -> None:
            self.closed.emit()
            run()

        return act

    def _cast_shadow(self, theme: Theme) -> None:
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(28)
        shadow.setOffset(0, 6)
        shadow.setColor(QColor(0, 0, 0, 130 if theme.is_dark else 46))
        self.setGraphicsEffect(shadow)


class Toasts(QObject):
    """Puts messages over ``host``, the newest lowest, at most three."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        self._shown: list[Toast] = []
        host.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    @Slot(object)
    def show_message(self, message: Message) -> None:
        """Show ``message``; one of the same key that is still there goes."""
        for toast in [*self._shown]:
            if message.key and toast.message.key == message.key:
                self._remove(toast)
        while len(self._shown) >= _MOST:
            self._remove(self._shown[0])
        self._add(Toast(self._theme, message))

    def _add(self, toast: Toast) -> None:
        toast.setParent(self._host)
        toast.closed.connect(self._closed)
        self._shown.append(toast)
        toast.show()
        seconds = _SECONDS[toast.message.level]
        if seconds:
            QTimer.singleShot(seconds * 1000, toast, toast.closed.emit)
        self._place()

    @Slot()
    def _closed(self) -> None:
        sender = self.sender()
        if isinstance(sender, Toast):
            self._remove(sender)

    def _remove(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        bottom = self._host.height() - _MARGIN
        for toast in reversed(self._shown):
            toast.adjustSize()
            height = toast.heightForWidth(_WIDTH)
            toast.resize(_WIDTH, max(height, toast.minimumSizeHint().height()))
            toast.move(self._host.width() - _WIDTH - _MARGIN, bottom - toast.height())
            toast.raise_()
            bottom -= toast.height() + 10
