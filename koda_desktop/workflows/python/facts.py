"""What is known of one Python file, whether it was parsed or only read line by line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sign(StrEnum):
    """Something a program has and prose has not. The value is how a seller is told of it."""

    IMPORTS = "imports"
    FUNCTIONS = "functions"
    CLASSES = "classes"
    MAIN_GUARD = "a main guard"
    BLOCKS = "blocks"
    BUILT_INS = "calls of built-in functions"
    CALLS = "calls"
    DOCSTRING = "a docstring"
    ASSIGNMENTS = "assignments"
    WORDS = "values only Python writes so"


@dataclass(frozen=True, slots=True)
class Facts:
    """``imports`` are dotted names as written, ``siblings`` those imported relatively (`from .x`).

    ``environment`` are names of environment variables read, in the order of the file.
    ``fingerprint`` is of the syntax without texts, numbers and docstrings; empty without a tree.
    """

    signs: frozenset[Sign] = frozenset()
    imports: tuple[str, ...] = ()
    siblings: bool = False
    environment: tuple[str, ...] = ()
    docstring: str = ""
    functions: int = 0
    license: str = ""
    fingerprint: str = ""
