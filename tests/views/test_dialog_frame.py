"""The frame of dialogs, where what is in it changes while it is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column

_LONG = "The server did not take the key. " * 6


class _Question(Dialog):
    """Two fields below a banner that is not shown at first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(None, "A question", "question")
        self.banner = Banner(theme, "question-banner")
        self.banner.hide()
        self.fields = [QLineEdit(), QLineEdit()]
        self.extra = label("", "secondary", wrap=True)
        self.setFixedWidth(440)
        body = column(self.banner, *self.fields, self.extra, gap=12)
        self.lay_out(body, None, Button(theme, "Close", "close"), text=_LONG)


@pytest.fixture
def dialog(theme: Theme) -> Iterator[_Question]:
    made = _Question(theme)
    made.show()
    QApplication.processEvents()
    yield made
    made.close()
    made.deleteLater()


def test_a_banner_that_comes_later_cuts_nothing(dialog: _Question) -> None:
    dialog.resize(dialog.width(), dialog.minimumHeight())
    dialog.banner.tell("danger", "The keys were refused", _LONG)
    dialog.banner.show()
    QApplication.processEvents()
    assert dialog.minimumHeight() == dialog.height()
    shown = [dialog.banner, *dialog.fields, *dialog.findChildren(QLabel)]
    for part in (one for one in shown if one.isVisible()):
        needed = part.heightForWidth(part.width())
        assert part.height() >= (needed if needed >= 0 else part.sizeHint().height())


def test_a_dialog_gives_up_room_that_is_needed_no_more(dialog: _Question) -> None:
    least = dialog.minimumHeight()
    dialog.banner.tell("danger", "The keys were refused", _LONG)
    dialog.banner.show()
    QApplication.processEvents()
    assert dialog.minimumHeight() > least
    dialog.banner.hide()
    QApplication.processEvents()
    assert dialog.minimumHeight() == least


def test_a_dialog_grows_within_the_screen(dialog: _Question) -> None:
    room = dialog.screen().availableGeometry()
    dialog.move(dialog.x(), room.bottom() - dialog.height() - 5)
    dialog.banner.tell("danger", "The keys were refused", _LONG)
    dialog.banner.show()
    QApplication.processEvents()
    assert room.contains(dialog.frameGeometry())
    dialog.extra.setText(_LONG * 30)
    QApplication.processEvents()
    assert dialog.sizeHint().height() > room.height()
    assert room.contains(dialog.frameGeometry())
