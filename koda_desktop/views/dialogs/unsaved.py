"""The question on closing while listings hold changes that were typed and not saved."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from koda_desktop.views.dialogs.frame import Dialog
from koda_desktop.views.format import counted
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.layouts import column

SAVE, DISCARD, KEEP = 1, 2, 3


class UnsavedDialog(Dialog):
    """Ends with SAVE, DISCARD, KEEP (as it is, unsaved) or, for staying, rejected."""

    def __init__(self, theme: Theme, parent: QWidget | None, number: int) -> None:
        what = counted(number, "listing")
        super().__init__(parent, f"Save the changes to {what}?", "unsaved-dialog")
        discard = Button(theme, "Discard", "unsaved-discard")
        keep = Button(theme, "Keep for later", "unsaved-keep")
        save = Button(theme, "Save and close", "unsaved-save", kind=Kind.PRIMARY)
        discard.clicked.connect(lambda: self.done(DISCARD))
        keep.clicked.connect(lambda: self.done(KEEP))
        save.clicked.connect(lambda: self.done(SAVE))
        self.setFixedWidth(440)
        where = "the listing’s fields" if number == 1 else "each listing’s fields"
        text = (
            f"They were typed and not saved yet. Kept for later, they stand in {where} when you "
            "open it again. Discarding them cannot be undone."
        )
        self.lay_out(column(), discard, None, keep, save, text=text)
        save.setFocus()
