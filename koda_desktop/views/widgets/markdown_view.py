"""A description as a buyer reads it: Markdown, without HTML and without the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSizeF, Qt, QUrl, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QTextBrowser

from koda_desktop.views.theme.fonts import MONO, sans
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# Qt knows a part of CSS 2.1 (doc.qt.io/qt-6/richtext-html-subset.html): no borders of blocks, no
# padding of anything but cells. Bold is 600, because the bundled font has no heavier weight.
_SHEET = """
p, ul, ol, table, pre {{ margin-top: 0; margin-bottom: 10px; }}
li {{ margin-bottom: 3px; }}
li p {{ margin-bottom: 3px; }}
h1, h2, h3, h4, h5, h6 {{ font-weight: 600; margin-top: 14px; margin-bottom: 6px; }}
h1 {{ font-size: 20px; }} h2 {{ font-size: 17px; }} h3 {{ font-size: 15px; }}
h4, h5, h6 {{ font-size: 14px; }}
strong, th {{ font-weight: 600; }}
a {{ color: {link}; }}
blockquote {{ color: {quiet}; margin-left: 16px; margin-bottom: 10px; }}
code, pre {{ font-family: "{mono}"; font-size: 13px; background-color: {ground}; }}
th, td {{ padding: 4px 10px; }}
"""


class MarkdownView(QTextBrowser):
    """Shows text; pictures in it are not fetched, and links go nowhere."""

    def __init__(self, theme: Theme, name: str, spoken: str, *, is_whole: bool = False) -> None:
        """``is_whole``: as tall as its text, for a page that is scrolled as one."""
        super().__init__()
        self._is_whole = is_whole
        self._theme = theme
        self._text = ""
        self._parser: MarkdownIt | None = None
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setOpenLinks(False)
        self.setFont(sans(14))
        self.document().setDocumentMargin(0)
        theme.changed.connect(self._show)
        if is_whole:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            layout = self.document().documentLayout()
            layout.documentSizeChanged.connect(self._grow)

    def show_markdown(self, text: str) -> None:
        """Show ``text``: CommonMark with GitHub's tables and struck out words."""
        if text != self._text:
            self._text = text
            self._show()

    def loadResource(self, kind: int, url: QUrl | str) -> object:
        """Nothing: a description never makes this computer ask another one for something."""
        return None

    @Slot(object)
    def _grow(self, size: QSizeF) -> None:
        self.setFixedHeight(round(size.height()) + 2)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._is_whole:
            event.ignore()
        else:
            super().wheelEvent(event)

    @Slot()
    def _show(self) -> None:
        color = self._theme.color
        self.document().setDefaultStyleSheet(
            _SHEET.format(
                link=color("accent-text").name(),
                quiet=color("text-secondary").name(),
                ground=color("subtle").name(),
                mono=MONO,
            )
        )
        if self._parser is None:
            self._parser = _parser()
        self.setHtml(self._parser.render(self._text))


def _parser() -> MarkdownIt:
    """HTML in the text stays words, and a picture is shown as its words."""
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False})
    return made.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])
