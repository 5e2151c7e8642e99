"""The forms of the bulk dialog: one for each verb, which says what it was told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal, InvalidOperation
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from koda_desktop.errors import InputError
from koda_desktop.models.money import MoneyError, parse_amount, to_web_number
from koda_desktop.models.vocabulary import Category
from koda_desktop.sync.bulk.copying import Duplicate
from koda_desktop.sync.bulk.prices import ENDINGS, Amount, Percent, RoundTo
from koda_desktop.sync.bulk.proposing import Steps, Verb
from koda_desktop.sync.bulk.replacing import FIELDS, Replace, Replacer, Search
from koda_desktop.sync.bulk.setting import Archive, BumpVersion, Part, Restore, SetField
from koda_desktop.sync.bulk.tags import AddTags, RemoveTags, ReplaceTag
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.value_words import field_name
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.check import Check
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.fee_line import FeeLine, typed_minor
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import label, set_style_property
from koda_desktop.views.widgets.layouts import column, row

Attach = Callable[[Path, str], Verb]
"""The verb that gives listings the files of a folder by a pattern of their names."""


class VerbForm(QWidget):
    """``changed`` after each change a person makes."""

    changed = Signal()
    asked = ""
    """The name of the line that is wrong when ``verb`` raises."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, QLineEdit] = {}

    def mark(self, names: Collection[str], why: str) -> None:
        """Have the lines of those names look wrong, and all others right."""
        for name, line in self._lines.items():
            is_wrong = name in names
            set_style_property(line, "invalid", is_wrong)
            line.setAccessibleDescription(why if is_wrong else "")

    def verb(self) -> Verb | None:
        """What was told; None while it is not enough. Raises InputError for what is wrong."""
        raise NotImplementedError

    def _line(self, name: str, spoken: str, hint: str = "") -> QLineEdit:
        made = self._lines[name] = QLineEdit()
        made.setObjectName(name)
        made.setAccessibleName(spoken)
        made.setPlaceholderText(hint)
        made.textChanged.connect(self._tell)
        return made

    def _combo(self, theme: Theme, choices: list[str], name: str, spoken: str) -> Combo:
        made = Combo(theme, choices, name, spoken)
        made.currentIndexChanged.connect(self._tell)
        return made

    def _box(self, theme: Theme, text: str, name: str) -> Check:
        made = Check(theme, text, name)
        made.toggled.connect(self._tell)
        return made

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


_RAISE, _LOWER, _PLUS, _LESS, _TO, _KEEP = range(6)
_PRICE_MODES = [
    "Raise by percent",
    "Lower by percent",
    "Raise by euros",
    "Lower by euros",
    "Set to euros",
    "Only round",
]


class PriceForm(VerbForm):
    """Raise, lower or set prices, and round them."""

    asked = "bulk-price-figure"

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._mode = self._combo(theme, _PRICE_MODES, "bulk-price-mode", "How prices change")
        self._figure = self._line("bulk-price-figure", "By how much", "10")
        endings = ["Do not round", *(f"Round to .{ending:02}" for ending in ENDINGS)]
        self._ending = self._combo(theme, endings, "bulk-price-ending", "Rounding")
        fields = (
            FormField("Change", self._mode),
            FormField("By", self._figure),
            FormField("Rounding", self._ending),
        )
        self._fee = FeeLine()
        self.setLayout(column(row(*fields, gap=12), self._fee, gap=8))
        self.changed.connect(self._show_fee)

    def verb(self) -> Verb | None:
        verbs = [one for one in (self._changing(), self._rounding()) if one is not None]
        if self._mode.currentIndex() != _KEEP and self._changing() is None:
            return None
        if len(verbs) == 1:
            return verbs[0]
        return Steps(tuple(verbs)) if verbs else None

    @Slot()
    def _show_fee(self) -> None:
        """What all of them come to where they get one price; else the rule."""
        is_one = self._mode.currentIndex() == _TO and self._ending.currentIndex() == 0
        self._fee.show_price(typed_minor(self._figure.text()) if is_one else None)

    def _changing(self) -> Verb | None:
        mode, text = self._mode.currentIndex(), self._figure.text().strip()
        if not text or mode == _KEEP:
            return None
        if mode in (_RAISE, _LOWER):
            figure = _number(text)
            return Percent(-figure if mode == _LOWER else figure)
        try:
            amount = parse_amount(text)
        except MoneyError as error:
            raise InputError(str(error)) from None
        if mode == _TO:
            return SetField("price", to_web_number(amount))
        return Amount(-amount.minor if mode == _LESS else amount.minor)

    def _rounding(self) -> Verb | None:
        chosen = self._ending.currentIndex()
        return RoundTo(ENDINGS[chosen - 1]) if chosen > 0 else None


class ReplaceForm(VerbForm):
    """Find and replace; regular expressions go to ``replacer``."""

    asked = "bulk-find"

    def __init__(self, theme: Theme, replacer: Replacer) -> None:
        super().__init__()
        self._replacer = replacer
        self._find = self._line("bulk-find", "Find")
        self._replace = self._line("bulk-replace", "Replace with", "Nothing")
        self._regex = self._box(theme, "Regular expression", "bulk-regex")
        self._case = self._box(theme, "Ignore case", "bulk-ignore-case")
        self._words = self._box(theme, "Whole words", "bulk-whole-words")
        self._places = {
            name: self._box(theme, field_name(name), f"bulk-in-{name}") for name in FIELDS
        }
        self._places["title"].setChecked(True)
        fields = row(
            FormField("Find", self._find), FormField("Replace with", self._replace), gap=12
        )
        places = row(*self._places.values(), None, self._regex, self._case, self._words, gap=14)
        self.setLayout(column(fields, places, gap=10))

    def verb(self) -> Verb | None:
        places = tuple(name for name, box in self._places.items() if box.isChecked())
        if not self._find.text() or not places:
            return None
        search = Search(
            self._find.text(),
            self._replace.text(),
            is_regex=self._regex.isChecked(),
            ignores_case=self._case.isChecked(),
            whole_words=self._words.isChecked(),
        )
        return Replace(search, places, self._replacer)


class TagsForm(VerbForm):
    """Add, remove or rename tags."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        modes = ["Add", "Remove", "Rename"]
        self._mode = self._combo(theme, modes, "bulk-tags-mode", "What to do with tags")
        self._tags = self._line("bulk-tags", "Tags", "crm, leads")
        self._by = self._line("bulk-tags-by", "New name")
        self._by_field = FormField("New name", self._by)
        self._by_field.hide()
        self._mode.currentIndexChanged.connect(self._show_by)
        self.setLayout(
            row(FormField("Do", self._mode), FormField("Tags", self._tags), self._by_field, gap=12)
        )

    @Slot()
    def _show_by(self) -> None:
        self._by_field.setVisible(self._mode.currentIndex() == 2)

    def verb(self) -> Verb | None:
        tags = tuple(tag for part in self._tags.text().split(",") if (tag := part.strip()))
        if not tags:
            return None
        mode = self._mode.currentIndex()
        if mode < 2:
            return RemoveTags(tags) if mode else AddTags(tags)
        by = self._by.text().strip()
        return Steps(tuple(ReplaceTag(tag, by) for tag in tags)) if by else None


class ChoiceForm(VerbForm):
    """One of a few; ``make`` answers the verb of each choice by its number."""

    def __init__(
        self, theme: Theme, name: str, choices: list[str], key: str, make: Callable[[int], Verb]
    ) -> None:
        super().__init__()
        self._make = make
        self._choice = self._combo(theme, choices, key, name)
        self.setLayout(row(FormField(name, self._choice), None, gap=12))
        self._choice.setMinimumWidth(240)

    def verb(self) -> Verb | None:
        return self._make(self._choice.currentIndex())


_TEXTS = ("title", "description", "version", "previewImageUrl")


class TextForm(VerbForm):
    """The same text for all."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        names = [field_name(name) for name in _TEXTS]
        self._field = self._combo(theme, names, "bulk-text-field", "Field")
        self._value = self._line("bulk-text-value", "Value")
        field = FormField("Field", self._field)
        field.setFixedWidth(180)
        self.setLayout(row(field, FormField("Value", self._value), gap=12))

    def verb(self) -> Verb | None:
        name, text = _TEXTS[self._field.currentIndex()], self._value.text().strip()
        if name == "previewImageUrl":
            return SetField(name, text or None)
        return SetField(name, text) if text else None


class AttachForm(VerbForm):
    """Files of a folder, each for the listing that a pattern means; ``attach`` makes the verb."""

    asked = "bulk-attach-pattern"

    def __init__(self, theme: Theme, attach: Attach) -> None:
        super().__init__()
        self._attach = attach
        self._folder = self._line("bulk-attach-folder", "Folder with the files", "Choose a folder")
        self._pattern = self._line("bulk-attach-pattern", "Names of the files")
        self._pattern.setText("{title}.*")
        choose = Button(theme, "Choose…", "bulk-attach-choose")
        choose.clicked.connect(self._choose)
        names = FormField("Names: {title}, {id}, {version}, *", self._pattern)
        names.setFixedWidth(220)
        fields = row(FormField("Folder", self._folder), choose, names, gap=12)
        fields.setAlignment(choose, Qt.AlignmentFlag.AlignBottom)
        fields.setStretch(0, 1)
        self.setLayout(fields)

    def verb(self) -> Verb | None:
        folder, pattern = self._folder.text().strip(), self._pattern.text().strip()
        return self._attach(Path(folder), pattern) if folder and pattern else None

    @Slot()
    def _choose(self) -> None:
        dialog = QFileDialog(self, "The folder with the files")
        dialog.setObjectName("bulk-attach-dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._folder.setText)
        dialog.open()


class CopyForm(VerbForm):
    """There is nothing to tell: a draft is made of each."""

    def __init__(self) -> None:
        super().__init__()
        words = label("A new draft is made of each, with its file. The listings stay as they are.")
        self.setLayout(column(words))

    def verb(self) -> Verb | None:
        return Duplicate()


VERBS = (
    "Change prices",
    "Find and replace",
    "Tags",
    "Category",
    "On the market",
    "Next version",
    "Set a text",
    "Duplicate",
    "Archive",
    "Attach files",
)
"""The names of the forms, for menus; in the order of ``make_forms``."""


def make_forms(
    theme: Theme, replacer: Replacer, moment: Callable[[], str], attach: Attach
) -> dict[str, VerbForm]:
    """Every form by its name, in the order of the dialog; ``moment`` is now as ISO 8601."""
    categories, parts = [one.value for one in Category], list(Part)
    archive = ["Take out of the catalogue", "Bring back"]
    return {
        "Change prices": PriceForm(theme),
        "Find and replace": ReplaceForm(theme, replacer),
        "Tags": TagsForm(theme),
        "Category": ChoiceForm(
            theme,
            "Category",
            categories,
            "bulk-category",
            lambda number: SetField("category", categories[number]),
        ),
        "On the market": ChoiceForm(
            theme,
            "On the market",
            ["Yes", "No"],
            "bulk-active",
            lambda n: SetField("active", n == 0),
        ),
        "Next version": ChoiceForm(
            theme,
            "Next version",
            ["Major", "Minor", "Patch"],
            "bulk-version",
            lambda number: BumpVersion(parts[number]),
        ),
        "Set a text": TextForm(theme),
        "Duplicate": CopyForm(),
        "Archive": ChoiceForm(
            theme,
            "Archive",
            archive,
            "bulk-archive",
            lambda number: Restore() if number else Archive(moment()),
        ),
        "Attach files": AttachForm(theme, attach),
    }


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        raise InputError(f"“{text}” is not a number.") from None
