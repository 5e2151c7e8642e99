"""A description as a buyer reads it: Markdown, without HTML and without the network."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QTextBrowser

from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme

_FEATURES = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)


class MarkdownView(QTextBrowser):
    """Shows text; pictures in it are not fetched, and links say where they lead and go nowhere."""

    def __init__(self, theme: Theme, name: str, spoken: str) -> None:
        super().__init__()
        self._theme = theme
        self._text = ""
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setOpenLinks(False)
        self.setFont(sans(14))
        self.document().setDocumentMargin(0)
        theme.changed.connect(self._recolour)

    def show_markdown(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self._show()

    def loadResource(self, kind: int, url: QUrl | str) -> object:
        """Nothing: a description never makes this computer ask another one for something."""
        return None

    @Slot()
    def _recolour(self) -> None:
        self._show()

    def _show(self) -> None:
        self.document().setDefaultStyleSheet(
            f"a {{ color: {self._theme.color('accent-text').name()}; }}"
        )
        self.document().setMarkdown(self._text, _FEATURES)
