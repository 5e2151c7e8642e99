"""The versions of a listing's file: two beside each other on the graph, and a new one given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLayout, QLineEdit, QPlainTextEdit, QStackedWidget, QWidget

from koda_desktop.controllers.versions import Compared, Offered, VersionsController
from koda_desktop.views.dialogs.intake_graph import GraphTab
from koda_desktop.views.format import ago
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.segments import Segments

if TYPE_CHECKING:
    from koda_desktop.sync.version_list import Version

_SIDE = 24
_LINES = 96
_ONE = "Only one version is known on this computer. Earlier ones are kept from now on."
_LEGEND = "Green was added, red and dashed was removed, amber was changed."
_NOT_HERE = "The file of one of these versions is not on this computer."


class VersionsPanel(QWidget):
    """A view of VersionsController, which is given by ``attach``."""

    file_asked = Signal()
    """The person wants to choose another file."""

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme = theme
        self._now = now
        self._controller: VersionsController | None = None
        self._versions: tuple[Version, ...] = ()
        self._proposed = ""
        self.setObjectName("editor-versions")
        self._old = Combo(theme, (), "versions-old", "The earlier version")
        self._new = Combo(theme, (), "versions-new", "The later version")
        self._replace = Button(theme, "Another file…", "versions-file", icon="upload", small=True)
        self._back = Button(theme, "Set the earlier back", "versions-back", small=True)
        self._note = label("", "hint", wrap=True, name="versions-note")
        self._graph = GraphTab(theme, "versions-graph")
        self._lines = _text("versions-lines", "What changed", read_only=True)
        self._changelog = _text("versions-changelog", "Changelog of the later version")
        self._keep = Button(theme, "Keep the changelog", "versions-keep", small=True)
        self._tabs = Segments(theme, ("What changed", "Changelog"), "versions-text", "Show")
        self._pair, self._words = holder(self._make_pair()), self._make_words()
        known = column(self._make_choice(), self._graph, self._words, gap=0)
        known.addStretch(0)
        known.setStretch(1, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(holder(known))
        self._pages.addWidget(self._make_offer())
        self.setLayout(column(self._pages, gap=0))
        self._wire()
        self.show_offer(None)

    def _make_pair(self) -> QLayout:
        pair = row(self._old, label("→", "hint"), self._new, gap=8)
        pair.setStretch(0, 1)
        pair.setStretch(2, 1)
        return pair

    def _make_choice(self) -> QWidget:
        buttons = row(self._replace, self._back, None, gap=8)
        return holder(column(buttons, self._pair, self._note, gap=8, margins=(_SIDE, 4, _SIDE, 8)))

    def _make_words(self) -> QWidget:
        for text in (self._lines, self._changelog):
            text.setFixedHeight(_LINES)
        self._changelog.hide()
        self._keep.hide()
        head = row(self._tabs, None, self._keep, gap=8)
        return holder(
            column(head, self._lines, self._changelog, gap=8, margins=(_SIDE, 8, _SIDE, 16))
        )

    def _make_offer(self) -> QWidget:
        self._offer_name = ElidedLabel("", "field")
        self._offer_note = label("", "hint", wrap=True, name="versions-offer-note")
        self._offer_version = QLineEdit()
        self._offer_version.setObjectName("versions-offer-version")
        self._offer_version.setAccessibleName("The new version")
        self._offer_changelog = _text("versions-offer-changelog", "Changelog of the new version")
        self._offer_changelog.setFixedHeight(_LINES)
        self._take = Button(
            self._theme, "Use this file", "versions-take", kind=Kind.PRIMARY, small=True
        )
        self._leave = Button(self._theme, "Cancel", "versions-leave", kind=Kind.QUIET, small=True)
        fields = column(
            self._offer_name,
            self._offer_note,
            FormField("Version", self._offer_version),
            FormField("Changelog, kept on this computer", self._offer_changelog),
            row(None, self._leave, self._take, gap=8),
            gap=8,
            margins=(14, 12, 14, 12),
        )
        return holder(column(holder(fields, "box"), None, margins=(_SIDE, 4, _SIDE, 8)))

    def _wire(self) -> None:
        self._old.currentIndexChanged.connect(self._compare)
        self._new.currentIndexChanged.connect(self._compare)
        self._replace.clicked.connect(self.file_asked)
        self._back.clicked.connect(self._ask_back)
        self._tabs.chosen.connect(self._show_words)
        self._changelog.textChanged.connect(self._changelog_typed)
        self._keep.clicked.connect(self._ask_keep)
        self._take.clicked.connect(self._ask_take)
        self._leave.clicked.connect(self._ask_leave)

    def attach(self, controller: VersionsController) -> None:
        """Pass what a person does to ``controller`` from now on."""
        self._controller = controller

    # -- what the controller shows --

    def show_versions(self, versions: Sequence[Version]) -> None:
        self._versions = tuple(versions)
        names = [self._named(one) for one in self._versions]
        for combo, place in ((self._new, 0), (self._old, 1)):
            combo.blockSignals(True)
            combo.clear()
            combo.addItems(names)
            combo.setCurrentIndex(min(place, len(names) - 1))
            combo.blockSignals(False)
        self._compare()

    def show_comparison(self, compared: Compared | None) -> None:
        if compared is None:
            self._note.setText(_NOT_HERE)
            self._graph.show_nothing()
            return
        self._graph.show_scene(compared.scene)
        self._lines.setPlainText("\n".join(compared.lines))
        self._proposed = compared.changelog
        new = self._chosen(self._new)
        self._changelog.setPlainText((new.changelog if new else "") or compared.changelog)

    def show_offer(self, offered: Offered | None) -> None:
        self._pages.setCurrentIndex(0 if offered is None else 1)
        if offered is None:
            return
        proposal = offered.proposal
        when = "Buyers get it with the next sync. " if offered.is_queued else ""
        self._offer_name.set_full_text(offered.name)
        self._offer_note.setText(when + " ".join(proposal.reasons))
        self._offer_version.setText(proposal.version)
        self._offer_changelog.setPlainText(proposal.changelog)
        self._offer_version.setFocus()

    def _named(self, one: Version) -> str:
        when = ago(one.at, self._now())
        state = "waits" if one.is_waiting else "current" if one.is_current else when
        return f"{one.version or 'No version'}  ·  {state}"

    def _chosen(self, combo: Combo) -> Version | None:
        place = combo.currentIndex()
        return self._versions[place] if 0 <= place < len(self._versions) else None

    # -- what a person does --

    @Slot()
    def _compare(self) -> None:
        old, new = self._chosen(self._old), self._chosen(self._new)
        is_pair = old is not None and new is not None and old is not new
        self._note.setText(_ONE if len(self._versions) < 2 else _LEGEND)
        for part in (self._pair, self._graph, self._words):
            part.setVisible(len(self._versions) > 1)
        self._back.setVisible(is_pair and old is not None and old.is_here and not old.is_current)
        self._lines.clear()
        self._changelog.clear()
        if old is None or new is None:
            self._graph.show_nothing()
        elif self._controller is not None:
            self._graph.wait()
            self._controller.compare(old, new)

    @Slot(int)
    def _show_words(self, place: int) -> None:
        self._lines.setVisible(place == 0)
        self._changelog.setVisible(place == 1)
        self._changelog_typed()

    @Slot()
    def _changelog_typed(self) -> None:
        """Only what differs from what is kept can be kept."""
        new = self._chosen(self._new)
        text = self._changelog.toPlainText().strip()
        is_new = new is not None and text not in ("", new.changelog)
        self._keep.setVisible(is_new and self._tabs.current == 1)

    @Slot()
    def _ask_keep(self) -> None:
        new = self._chosen(self._new)
        if new is not None and self._controller is not None:
            self._controller.say(new, self._changelog.toPlainText())

    @Slot()
    def _ask_back(self) -> None:
        old = self._chosen(self._old)
        if old is not None and self._controller is not None:
            self._controller.set_back(old)

    @Slot()
    def _ask_take(self) -> None:
        if self._controller is not None:
            version = self._offer_version.text().strip()
            self._controller.take(version, self._offer_changelog.toPlainText().strip())

    @Slot()
    def _ask_leave(self) -> None:
        if self._controller is not None:
            self._controller.withdraw_offer()


def _text(name: str, spoken: str, *, read_only: bool = False) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setObjectName(name)
    made.setAccessibleName(spoken)
    made.setReadOnly(read_only)
    made.setTabChangesFocus(True)
    return made
