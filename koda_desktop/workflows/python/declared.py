"""What Python files declare about themselves: requirements, names, versions, licences.

Reads ``requirements*.txt``, ``pyproject.toml`` (PEP 621), the metadata of wheels and sdists (core
metadata, an e-mail-like header) and the block at the top of a script (PEP 723).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from koda_desktop.workflows.texts import one_line

_LONGEST = 256 * 1024
_MOST = 300
_REQUIREMENT = re.compile(
    r"\s*([A-Za-z0-9](?:[\w.-]{0,98}[A-Za-z0-9])?)\s*(?:\[[\w,. -]{0,200}\])?\s*"
    r"\(?((?:[<>=!~]=?=?\s*[\w.*+!-]{1,60}\s*,?\s*){0,8})\)?\s*(?=[;#@]|\Z)",
    re.ASCII,
)
_HEADER = re.compile(r"^([A-Za-z-]{2,40}):[ \t]*(.*)$")
_BLOCK_START = re.compile(r"# /// script\s*\Z")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][\w.-]{0,98})")


@dataclass(frozen=True, slots=True)
class Declared:
    """``packages`` are requirements as written, extras and markers left out.

    ``is_complete``: a build wrote them, so what the code imports beyond them is optional.
    """

    name: str = ""
    version: str = ""
    summary: str = ""
    packages: tuple[str, ...] = ()
    requires_python: str = ""
    license: str = ""
    commands: tuple[str, ...] = ()
    fault: str = ""
    is_complete: bool = False

    def over(self, other: Declared) -> Declared:
        """This one's values, and the other's where it has none."""
        return Declared(
            self.name or other.name,
            self.version or other.version,
            self.summary or other.summary,
            tuple(dict.fromkeys((*self.packages, *other.packages))),
            self.requires_python or other.requires_python,
            self.license or other.license,
            tuple(dict.fromkeys((*self.commands, *other.commands))),
            self.fault or other.fault,
            self.is_complete or other.is_complete,
        )


def requirement(line: str) -> str:
    """``requests[socks] >= 2 ; python_version < "3"`` as ``requests>=2``; "" for none."""
    match = _REQUIREMENT.match(line[:600])
    if not match:
        return ""
    return match[1] + re.sub(r"\s+", "", match[2]).strip(",")


def from_requirements(text: str) -> Declared:
    """The lines of a pip requirements file; options, paths and plain addresses are passed over."""
    found: list[str] = []
    for line in text[:_LONGEST].splitlines():
        egg = _EGG.search(line) if "egg=" in line else None
        found.append(egg[1] if egg else requirement(line))
    return Declared(packages=_distinct(found))


def from_pyproject(text: str) -> Declared:
    """The ``[project]`` table of PEP 621, or what Poetry writes in its place."""
    document, fault = _toml(text)
    project = document.get("project")
    if isinstance(project, dict):
        return _of_project(project)
    poetry = _table(document.get("tool"), "poetry")
    depends = [name for name in _table(poetry, "dependencies") if name.lower() != "python"]
    wanted = _table(poetry, "dependencies").get("python")
    return Declared(
        name=_text(poetry.get("name")),
        version=_text(poetry.get("version")),
        summary=_text(poetry.get("description")),
        packages=_distinct(depends),
        requires_python=_text(wanted),
        license=_text(poetry.get("license")),
        commands=_names(poetry.get("scripts")),
        fault=fault,
    )


def from_metadata(text: str) -> Declared:
    """Core metadata (``METADATA`` of a wheel, ``PKG-INFO`` of an sdist)."""
    headers: dict[str, list[str]] = {}
    for line in text[:_LONGEST].splitlines():
        match = _HEADER.match(line)
        if match:
            headers.setdefault(match[1].lower(), []).append(match[2])
        elif not line.strip():
            break

    def first(*names: str) -> str:
        values = (value for name in names for value in headers.get(name, ()))
        return _text(next(values, ""))

    depends = [line for line in headers.get("requires-dist", ()) if "extra ==" not in line]
    return Declared(
        name=first("name"),
        version=first("version"),
        summary=first("summary"),
        packages=_distinct(requirement(line) for line in depends),
        requires_python=first("requires-python"),
        license=first("license-expression", "license"),
        is_complete=True,
    )


def from_script(text: str) -> Declared:
    """The ``# /// script`` block of PEP 723 at the top of a script."""
    block = _script_block(text[:_LONGEST])
    if block is None:
        return Declared()
    document, fault = _toml(block)
    return Declared(
        packages=_listed(document.get("dependencies")),
        requires_python=_text(document.get("requires-python")),
        fault=fault,
    )


def _script_block(text: str) -> str | None:
    """The TOML between ``# /// script`` and ``# ///``; None where there is no such block."""
    if "# /// script" not in text:
        return None
    block: list[str] | None = None
    for line in text.splitlines():
        if block is None:
            block = [] if _BLOCK_START.match(line) else None
        elif line.rstrip() == "# ///":
            return "\n".join(block)
        elif line == "#" or line.startswith("# "):
            block.append(line[2:])
        else:
            block = None
    return None


def _of_project(project: dict[str, Any]) -> Declared:
    licence = project.get("license")
    named = licence.get("text") if isinstance(licence, dict) else licence
    return Declared(
        name=_text(project.get("name")),
        version=_text(project.get("version")),
        summary=_text(project.get("description")),
        packages=_listed(project.get("dependencies")),
        requires_python=_text(project.get("requires-python")),
        license=_text(named),
        commands=_names(project.get("scripts")),
    )


def _toml(text: str) -> tuple[dict[str, Any], str]:
    try:
        return tomllib.loads(text[:_LONGEST]), ""
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return {}, one_line(str(error), 150)


def _listed(value: Any) -> tuple[str, ...]:
    lines = value if isinstance(value, list) else []
    return _distinct(requirement(line) for line in lines if isinstance(line, str))


def _distinct(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in found if name))[:_MOST]


def _names(value: Any) -> tuple[str, ...]:
    names = value if isinstance(value, dict) else {}
    return tuple(one_line(name, 80) for name in names)[:_MOST]


def _table(value: Any, key: str) -> dict[str, Any]:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _text(value: Any) -> str:
    return one_line(value, 200) if isinstance(value, str) else ""
