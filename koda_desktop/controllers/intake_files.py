"""Which files a person means by what they dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from koda_desktop.controllers.messages import Level, Messages
from koda_desktop.errors import KodaError
from koda_desktop.runtime.work import CancelToken
from koda_desktop.workflows.folders import Walk
from koda_desktop.workflows.texts import counted, sentence_list

MOST_COUNTED = 20_000
"""So many files beyond the room are counted; a folder with more is not walked to its end."""


@dataclass(slots=True)
class Spread:
    """The files meant, at most as many as there is room for; ``more`` counts the others.

    ``left_out`` are the folders that were not looked through, ``faults`` what could not be read.
    """

    files: list[Path] = field(default_factory=list)
    more: int = 0
    left_out: list[Path] = field(default_factory=list)
    faults: list[KodaError] = field(default_factory=list)

    def left_out_text(self) -> str:
        """The sentence that says which folders were not looked through."""
        names = tuple(dict.fromkeys(folder.name for folder in self.left_out))
        what = counted(len(self.left_out), "folder")
        was = "was" if len(self.left_out) == 1 else "were"
        return f"{what} {was} not looked through: {sentence_list(names)}."


def spread(paths: tuple[Path, ...], room: int, stop: CancelToken) -> Spread:
    """Files as they are; of folders all files below them, hidden ones left out, and the folder of
    a Python project as one. Raises Cancelled once ``stop`` is set."""
    found = Spread()
    taken: dict[Path, None] = {}
    for path in paths:
        walk = Walk(path, found.faults.append, stop) if path.is_dir() else None
        for each in (path,) if walk is None else (entry.path for entry in walk):
            if walk is not None and each.name.startswith(".") and each != path:
                continue
            if len(taken) < room:
                taken[each] = None
            elif each not in taken:
                found.more += 1
                if found.more >= MOST_COUNTED:
                    break
        found.left_out += walk.left_out if walk else []
    found.files = list(taken)
    return found


def tell_of(found: Spread, most: int, messages: Messages) -> None:
    """Tell what is not among the files, of which ``most`` are taken at once."""
    for fault in found.faults:
        messages.report(fault)
    if not found.files and not found.more:
        messages.tell(Level.INFO, "There are no files in this folder.")
    if found.more:
        more = "More than " if found.more >= MOST_COUNTED else ""
        what = "file was" if found.more == 1 else "files were"
        messages.tell(
            Level.WARNING,
            f"{more}{found.more:,} {what} left out: at most {most:,} are taken at once.",
            "Save these first, then add the others.",
        )
    if found.left_out:
        messages.tell(Level.INFO, found.left_out_text())
