"""A Python program in the terms of a listing: title, description, tags, what a buyer sets up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from koda_desktop.workflows.inspection import Integration, Proposal
from koda_desktop.workflows.notes import description_of
from koda_desktop.workflows.proposing import category, tags
from koda_desktop.workflows.texts import one_line, sentence_list
from koda_desktop.workflows.titles import from_file_name, proposed_title

_SHORT = 160
_LONGEST_TITLE = 70
_MOST_LISTED = 8
_CHAFF = re.compile(
    r"created (?:on|by)\b|@?author\b|last (?:edited|modified|updated)|date ?:|copyright"
    r"|licen[cs]ed?\b|version ?:|usage ?:|e-?mail ?:|-\*-|file ?:|\(c\)|todo\b"
    r"|name ?:|https?:|spyder editor"
    r"|this is a temporary script|git ?hub|by:? |module:? ?\w*$",
    re.IGNORECASE,
)
_STARTS = {
    "Schedule": "It runs on a schedule.", "HTTP request": "It answers HTTP requests.",
    "Web page": "It shows a web page.", "File change": "It starts when a file changes.",
    "Chat": "It answers chat messages.", "Command line": "It is started on the command line.",
    "Window": "It opens a window.", "Manual": "It is run by hand.",
}  # fmt: skip
_TAGGED = {"Schedule": "schedule", "Chat": "chatbot", "Command line": "command line"}


@dataclass(frozen=True, slots=True)
class Program:
    """What is known of a script or project, in words. ``told`` are its own texts."""

    noun: str
    name: str
    file_name: str
    told: tuple[str, ...]
    apps: tuple[Integration, ...]
    triggers: tuple[str, ...]
    packages: tuple[str, ...]
    variables: tuple[str, ...]
    requires_python: str
    files: int = 1
    version: str = "1.0.0"


def propose(program: Program) -> Proposal:
    """A listing to start from; nothing in it comes from values in the code."""
    names = tuple(app.name for app in program.apps)
    said = (_first_sentence(program.told), *map(from_file_name, (program.name, program.file_name)))
    uses = sentence_list((names or _plain(program.packages))[:3])
    title = proposed_title(said, f"{program.noun} with {uses}" if uses else program.noun)
    starts = (_TAGGED[start] for start in program.triggers if start in _TAGGED)
    return Proposal(
        title=title,
        description=_description(program, names),
        tags=tags(("python", *names, *starts, *_plain(program.packages))),
        category=category(title, (app.key for app in program.apps)),
        version=program.version,
    )


def setup_steps(program: Program) -> tuple[str, ...]:
    """What a buyer does before the first run, as instructions."""
    return tuple(_steps(program))


def _steps(program: Program) -> Iterator[str]:
    yield f"Install Python {program.requires_python}".rstrip()
    if program.packages:
        yield f"Install {sentence_list(program.packages, _MOST_LISTED)}"
    if program.variables:
        yield f"Set {sentence_list(program.variables, _MOST_LISTED)}"
    yield f"Run the {program.noun.removeprefix('Python ')}"


def _first_sentence(told: tuple[str, ...]) -> str:
    """The opening line of the first text, where it reads like a title."""
    lines = (line.strip(" \t=-*~.#") for text in told[:1] for line in text.split("\n")[:6])
    for line in lines:
        if line and not _CHAFF.match(line):
            ends = 8 <= len(line) <= _LONGEST_TITLE and 2 <= len(line.split()) <= 12
            return line if ends and not line.endswith((",", ":", "(", "\\")) else ""
    return ""


def _description(program: Program, names: tuple[str, ...]) -> str:
    told = tuple(_without_chaff(text) for text in program.told)
    said = description_of(told)
    if len(said) >= _SHORT:
        return said
    summary = " ".join(_sentences(program, names))
    return f"{said}\n\n{summary}" if said else summary


def _without_chaff(text: str) -> str:
    lines = text[:8000].split("\n")
    return "\n".join(line for line in lines if not _CHAFF.match(line.strip(" \t*")))


def _sentences(program: Program, names: tuple[str, ...]) -> Iterator[str]:
    many = f" of {program.files} files" if program.files > 1 else ""
    yield f"A {program.noun}{many}."
    yield from (_STARTS[start] for start in program.triggers if start in _STARTS)
    if names:
        yield f"It works with {sentence_list(names, _MOST_LISTED)}."
    if program.packages:
        yield f"It needs {sentence_list(_plain(program.packages), _MOST_LISTED)}."
    if program.variables:
        yield f"You set {sentence_list(program.variables, _MOST_LISTED)}."


def _plain(packages: tuple[str, ...]) -> tuple[str, ...]:
    """The names of requirements without their versions."""
    return tuple(one_line(re.split(r"[<>=!~]", package)[0], 60) for package in packages)
