"""Problems as platform modules tell them, in one line each."""

from __future__ import annotations

from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.texts import counted, one_line, sentence_list
from koda_desktop.workflows.where import ROOT, Where

_LONGEST_SHOWN = 60


def error(code: str, where: Where, message: str) -> Problem:
    """A fault that blocks publishing."""
    return Problem(Severity.ERROR, code, str(where), message)


def warning(code: str, where: Where, message: str) -> Problem:
    """Something to look at before publishing."""
    return Problem(Severity.WARNING, code, str(where), message)


def info(code: str, where: Where, message: str) -> Problem:
    """Something good to know."""
    return Problem(Severity.INFO, code, str(where), message)


def quoted(text: str) -> str:
    """A text of the file, short and in quotation marks, to stand in a message."""
    return f"“{one_line(text, _LONGEST_SHOWN)}”"


def too_many(count: int, most: int, thing: str, whole: str) -> Problem:
    """The refusal of a file with more than ``most`` nodes."""
    message = (
        f"The file holds {counted(count, thing)}; at most {most:,} are taken. "
        f"Split it into several {whole}."
    )
    return error("too-many-nodes", ROOT, message)


def own_documents(services: tuple[str, ...], count: int, platform: str) -> Problem:
    """The note that steps point at documents of the seller's own account."""
    points = "1 step points" if count == 1 else f"{count} steps point"
    message = (
        f"{points} at documents or lists of your own account ({sentence_list(services)}). "
        "Their names are removed, their ids are not: buyers choose their own. "
        f"Clear the fields in {platform} if an id itself is private."
    )
    return info("own-documents", ROOT, message)
