"""The Python files of an archive as one project, with what it declares about itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from koda_desktop.workflows.archives.kinds import Make
from koda_desktop.workflows.archives.members import Members
from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.key_files import is_sample_settings
from koda_desktop.workflows.python.declared import (
    Declared,
    from_metadata,
    from_pyproject,
    from_requirements,
    from_script,
)
from koda_desktop.workflows.python.project import SCRIPT, Project
from koda_desktop.workflows.python.variables import needed
from koda_desktop.workflows.texts import counted

_README = re.compile(r"readme(?:\.(?:md|markdown|rst|txt))?\Z", re.IGNORECASE)
_LICENSE = re.compile(r"(?:licen[cs]e|copying)(?:[.-][\w.-]{1,20})?\Z", re.IGNORECASE)
_REQUIREMENTS = re.compile(r"requirements(?:[-_.]?(?:base|prod|main|core))?\.(?:txt|in)\Z", re.I)
_METADATA = re.compile(r"(?:[^/]+\.dist-info/METADATA|[^/]+/PKG-INFO)\Z")
_ENTRY_POINTS = re.compile(r"[^/]+\.dist-info/entry_points\.txt\Z")
_SETTING = re.compile(r"^\s{0,20}(?:export\s{1,4})?([A-Za-z_]\w{0,79})\s{0,4}=", re.MULTILINE)
_KNOWN_LICENSES = (
    (re.compile(r"MIT License|Permission is hereby granted, free of charge", re.I), "MIT"),
    (re.compile(r"Apache License\s+Version 2\.0", re.I), "Apache-2.0"),
    (re.compile(r"GNU AFFERO GENERAL PUBLIC LICENSE"), "AGPL"),
    (re.compile(r"GNU LESSER GENERAL PUBLIC LICENSE"), "LGPL"),
    (re.compile(r"GNU GENERAL PUBLIC LICENSE\s+Version 3"), "GPL-3.0"),
    (re.compile(r"GNU GENERAL PUBLIC LICENSE\s+Version 2"), "GPL-2.0"),
    (re.compile(r"Mozilla Public License Version 2\.0", re.I), "MPL-2.0"),
    (re.compile(r"Redistribution and use in source and binary forms"), "BSD"),
)
_NOUNS = {Make.WHEEL: "Python package", Make.SDIST: "Python package"}
_MOST_DECLARING = 20


def project_of(members: Members, make: Make) -> Project:
    """All modules of ``members`` with the declarations beside them."""
    noun = _NOUNS.get(make, "Python project" if len(members.modules) > 1 else SCRIPT)
    return Project(
        tuple(members.modules),
        _declared(members),
        tuple(_texts(members, _README)),
        tuple(_settings(members)),
        noun,
    )


def budget_problems(members: Members) -> list[Problem]:
    """What is to be told where the parser's budget did not reach all modules."""
    if not members.unparsed:
        return []
    message = (
        f"{counted(members.unparsed, 'Python file')} of this large project were read line by line "
        "and not checked for errors."
    )
    return [Problem(Severity.INFO, "python-by-lines", "", message)]


def _declared(members: Members) -> Declared:
    found = Declared()
    readers: tuple[tuple[re.Pattern[str], Callable[[str], Declared]], ...] = (
        (_METADATA, from_metadata),
        (re.compile(r"(?:[^/]+/)?pyproject\.toml\Z"), from_pyproject),
    )
    for pattern, read in readers:
        for text in _texts(members, pattern, whole_path=True):
            found = found.over(read(text))
    for text in _texts(members, _REQUIREMENTS):
        found = found.over(from_requirements(text))
    for _, module in members.modules:
        found = found.over(from_script(module.text))
    commands = any(
        "[console_scripts]" in text for text in _texts(members, _ENTRY_POINTS, whole_path=True)
    )
    found = found.over(Declared(commands=("console_scripts",) if commands else ()))
    return found.over(Declared(license=_license(members)))


def _license(members: Members) -> str:
    heads = (text[:3000] for text in _texts(members, _LICENSE))
    return next((name for head in heads for sign, name in _KNOWN_LICENSES if sign.search(head)), "")


def _settings(members: Members) -> Iterator[str]:
    """The variables a sample settings file names."""
    for part in members.parts:
        if is_sample_settings(part.path) and part.source.text:
            names = _SETTING.findall(part.source.text[:20_000])
            yield from (name for name in names if needed(name))


def _texts(members: Members, name: re.Pattern[str], *, whole_path: bool = False) -> Iterator[str]:
    """Texts of files called so, those nearest the top first."""
    found = [
        part
        for part in members.parts
        if part.source.text and name.match(part.path if whole_path else part.path.split("/")[-1])
    ]
    nearest = sorted(found, key=lambda part: part.path.count("/"))[:_MOST_DECLARING]
    yield from (part.source.text or "" for part in nearest)
