"""What an added file is saved as: a listing of its own, or the next version of one there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.sync.revision_matching import Match, Why
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, row

if TYPE_CHECKING:
    from koda_desktop.controllers.intake_state import IntakeFile

_OWN = "A new listing"
_LONGEST = 60
_WHY = {
    Why.ASKED: "you let it go over that listing",
    Why.SAME_FILE: "it has this very file",
    Why.SAME_STEPS: "the same steps",
    Why.SAME_NAME: "the same name",
}


class BecomingPart(QWidget):
    """Shown where a file looks like a version of a listing. ``chosen`` carries that listing's id,
    "" for a listing of its own; ``version_typed`` what the next version is to be called."""

    chosen = Signal(str)
    version_typed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("intake-becomes")
        self._matches: tuple[Match, ...] = ()
        self._choice = Combo(theme, (_OWN,), "intake-becomes-choice", "Save as")
        self._choice.activated.connect(self._choose)
        self._version = QLineEdit()
        self._version.setObjectName("intake-becomes-version")
        self._version.setAccessibleName("Next version")
        self._version.setFixedWidth(110)
        self._version.editingFinished.connect(self._type)
        self._field = FormField("Next version", self._version)
        self._words = label("", "secondary", wrap=True, name="intake-becomes-words")
        fields = row(FormField("Save as", self._choice), self._field, gap=12)
        fields.setStretch(0, 1)
        for field in (fields.itemAt(0), fields.itemAt(1)):
            if field is not None:
                field.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(fields, self._words, gap=6))
        self.hide()

    def show_file(self, file: IntakeFile) -> None:
        """Show whose ``file`` may be and what it becomes; nothing where it is nobody's."""
        becomes = file.becomes
        if becomes.matches != self._matches:
            self._matches = becomes.matches
            self._choice.clear()
            self._choice.addItems([_OWN, *map(_item, becomes.matches)])
        places = {one.listing_id: n for n, one in enumerate(becomes.matches, 1)}
        self._choice.setCurrentIndex(places.get(becomes.listing_id, 0))
        match = becomes.match
        self._field.setVisible(match is not None)
        if not self._version.hasFocus() or not self._version.isModified():
            self._version.setText(becomes.version)
        self._field.show_problem(file.wrong.get("version", "") if match else "")
        self._words.setText(_revised(file) if match else _own(becomes.matches))
        self.setVisible(bool(becomes.matches) and file.can_save)

    def focus_choice(self) -> None:
        self._choice.setFocus()

    @Slot()
    def _choose(self) -> None:
        place = self._choice.currentIndex()
        self.chosen.emit(self._matches[place - 1].listing_id if place else "")

    @Slot()
    def _type(self) -> None:
        if self._version.isModified():
            self._version.setModified(False)
            self.version_typed.emit(self._version.text().strip())


def _item(match: Match) -> str:
    title = match.title if len(match.title) <= _LONGEST else f"{match.title[:_LONGEST]}…"
    return f"New version of “{title}” ({_WHY[match.why]})"


def _own(matches: tuple[Match, ...]) -> str:
    """What speaks against a listing of its own."""
    known = [one for one in matches if one.why is Why.SAME_FILE]
    if known:
        return f"“{known[0].title}” has this very file already."
    return "It looks like a new version of a listing you have." if matches else ""


def _revised(file: IntakeFile) -> str:
    becomes = file.becomes
    match = becomes.match
    if match is None:
        return ""
    if not file.is_publishable:
        return "A file with errors or secrets cannot be the next version: put it right first."
    now = f"It has version {match.version} now. " if match.version else ""
    why = f"{' '.join(becomes.reasons)} " if becomes.reasons else ""
    goes = "It goes out with the next sync. " if match.is_published else ""
    return f"{now}{why}{goes}The fields below stay as they are."
