"""The report on one script or on all files of a project together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.platforms import Findings
from koda_desktop.workflows.python.declared import Declared
from koda_desktop.workflows.python.describing import Program, propose, setup_steps
from koda_desktop.workflows.python.dialects import Dialect
from koda_desktop.workflows.python.distributions import normalised, third_party
from koda_desktop.workflows.python.modules import Module
from koda_desktop.workflows.python.services import integrations, triggers
from koda_desktop.workflows.texts import one_line, sentence_list
from koda_desktop.workflows.titles import workflow_name

SCRIPT = "Python script"
_MOST_VARIABLES = 200
_MOST_LISTED = 8
_VERSION = re.compile(r"v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?")


@dataclass(frozen=True, slots=True)
class Project:
    """Modules by their path, what the project declares, and ``told``: its README and the like.

    ``variables`` are names a sample settings file gives beside those the code reads. A script is
    a project of one module with an empty path.
    """

    modules: tuple[tuple[str, Module], ...]
    declared: Declared = field(default_factory=Declared)
    told: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    noun: str = SCRIPT


def report(project: Project, file_name: str) -> Findings:
    """Everything but the package. Nothing in the files is changed."""
    facts = [module.facts for path, module in project.modules if not _is_set_up(path)]
    imports = tuple(dict.fromkeys(name for one in facts for name in one.imports))
    read = (*(name for one in facts for name in one.environment), *project.variables)
    packages, undeclared = _packages(project, imports)
    is_script = project.noun == SCRIPT
    starts = triggers(facts, has_commands=bool(project.declared.commands), is_script=is_script)
    program = Program(
        noun=project.noun,
        name=workflow_name(project.declared.name, file_name),
        file_name=file_name,
        told=_told(project),
        apps=integrations(imports),
        triggers=starts,
        packages=packages,
        variables=tuple(dict.fromkeys(read))[:_MOST_VARIABLES],
        requires_python=project.declared.requires_python,
        files=len(project.modules),
        version=semantic(project.declared.version),
    )
    return _findings(project, program, undeclared)


def semantic(version: str) -> str:
    """A PEP 440 version as the SemVer it begins with; 1.0.0 where there is none."""
    match = _VERSION.match(version)
    return ".".join(str(int(part or 0)) for part in match.groups()) if match else "1.0.0"


def _findings(project: Project, program: Program, undeclared: tuple[str, ...]) -> Findings:
    wanted = project.declared.requires_python
    old = any(module.dialect is Dialect.TWO for _, module in project.modules)
    return Findings(
        name=program.name,
        proposal=propose(program),
        integrations=program.apps,
        triggers=program.triggers,
        credentials=program.variables,
        problems=tuple(_problems(project, undeclared)),
        fingerprint=_fingerprint(project),
        code_languages=("Python",),
        setup_steps=setup_steps(program),
        packages=program.packages,
        platform_version=f"Python {wanted}" if wanted else ("Python 2" if old else ""),
    )


def _told(project: Project) -> tuple[str, ...]:
    """Texts to describe it by: the summary it declares, docstrings, a README."""
    entry = sorted(project.modules, key=lambda named: (named[0].count("/"), not _main(named[0])))
    docstrings = [module.facts.docstring for _, module in entry[:1] if module.facts.docstring]
    texts = (project.declared.summary, *project.told, *docstrings)
    return tuple(dict.fromkeys(text for text in texts if text.strip()))


def _is_set_up(path: str) -> bool:
    """A ``setup.py`` builds the package; what it imports is not needed to run it."""
    return path.rpartition("/")[2] == "setup.py"


def _main(path: str) -> bool:
    return path.rpartition("/")[2] in ("main.py", "__main__.py", "app.py", "__init__.py", "")


def _packages(
    project: Project, imports: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is to be installed, and which of it no file declares."""
    declared = project.declared.packages
    if project.declared.is_complete:
        return declared, ()
    local = frozenset(_local(project))
    names = [normalised(re.split(r"[<>=!~]", entry)[0]) for entry in declared]
    own = normalised(project.declared.name)
    found = third_party(imports, local)
    undeclared = tuple(
        name for name in found if not _covered(normalised(name), names) and normalised(name) != own
    )
    return (*declared, *(one_line(name, 100) for name in undeclared)), undeclared


def _covered(name: str, declared: list[str]) -> bool:
    """Whether a declared name may be meant: ``psycopg2`` comes with ``psycopg2-binary``."""
    return any(entry.startswith(name) or name.startswith(entry) for entry in declared)


def _local(project: Project) -> Iterator[str]:
    for path, _ in project.modules:
        steps = path.removesuffix(".py").split("/")
        yield from steps


def _fingerprint(project: Project) -> str:
    """Of the code in order of its paths; empty where any of it was not parsed."""
    if not all(module.facts.fingerprint for _, module in project.modules):
        return ""
    parts = sorted(f"{path} {module.facts.fingerprint}" for path, module in project.modules)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _problems(project: Project, undeclared: tuple[str, ...]) -> Iterator[Problem]:
    for path, module in project.modules:
        yield from (replace(problem, where=path) for problem in module.problems)
    alone = len(project.modules) == 1
    if alone and project.modules[0][1].facts.siblings:
        yield _said(Severity.WARNING, "missing-modules", (
            "The script imports modules that lie beside it (“from . import …”), and these are not "
            "here. Add the whole folder as a zip."
        ))  # fmt: skip
    if project.declared.fault:
        yield _said(Severity.WARNING, "declaration-unreadable", (
            f"What the project declares about itself is not valid TOML: {project.declared.fault}. "
            "Correct pyproject.toml or the script block."
        ))  # fmt: skip
    if undeclared:
        place = "a script block (PEP 723)" if alone else "requirements.txt or pyproject.toml"
        yield _said(Severity.INFO, "undeclared-packages", (
            f"It imports {sentence_list(undeclared, _MOST_LISTED)}, which nothing declares. Name "
            f"packages in {place}, so that buyers install the right ones; modules of your own "
            "belong beside it in a zip."
        ))  # fmt: skip
    yield from _of_licences(project)
    yield _said(Severity.INFO, "as-written", "Python is packaged as it is written: nothing in the "
                "files is changed.")  # fmt: skip


def _of_licences(project: Project) -> Iterator[Problem]:
    found = [project.declared.license, *(module.facts.license for _, module in project.modules)]
    names = tuple(dict.fromkeys(one_line(name, 60) for name in found if name))
    if names:
        yield _said(Severity.INFO, "license", (
            f"The code names its licence: {sentence_list(names)}. Check that it lets you sell "
            "copies, and say so in the description."
        ))  # fmt: skip


def _said(severity: Severity, code: str, message: str) -> Problem:
    return Problem(severity, code, "", message)
