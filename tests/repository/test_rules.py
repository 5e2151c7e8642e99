"""Rules of the house that no off-the-shelf linter knows. Each is also shown code that breaks it."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.repository.source import PACKAGE, ROOT, modules, our_files, parsed, place

MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 400
MAX_MEDIAN_LINES = 8

_DIALOGS = {"QFileDialog", "QMessageBox", "QInputDialog", "QColorDialog", "QFontDialog"}

Rule = Callable[[ast.Module], Iterator[int]]


def nested_loops(tree: ast.Module) -> Iterator[int]:
    """Calls that run a Qt loop of their own: inside a coroutine they strand every other task."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        match call.func:
            case ast.Attribute(attr="exec" | "exec_"):
                yield call.lineno
            case ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name), attr=method):
                if name in _DIALOGS and method[0].islower():
                    yield call.lineno


def star_imports(tree: ast.Module) -> Iterator[int]:
    """``from PySide6… import *``: 55 ms at every start."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=[ast.alias(name="*")], lineno=line):
                if module.startswith("PySide6"):
                    yield line


def qt_widgets(tree: ast.Module) -> Iterator[int]:
    """Imports of QtWidgets, in any spelling."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="PySide6", names=names):
                found = any(alias.name == "QtWidgets" for alias in names)
            case ast.ImportFrom(module=str(module)):
                found = module.startswith("PySide6.QtWidgets")
            case ast.Import(names=names):
                found = any(alias.name.startswith("PySide6.QtWidgets") for alias in names)
            case _:
                found = False
        if found:
            yield node.lineno  # type: ignore[attr-defined]


def lost_tasks(tree: ast.Module) -> Iterator[int]:
    """asyncSlot keeps no reference to its task; asyncClose spins the loop."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="asyncSlot" | "asyncClose", lineno=line):
                yield line
            case ast.Attribute(attr="asyncSlot" | "asyncClose", lineno=line):
                yield line
            case ast.ImportFrom(names=names, lineno=line):
                if any(alias.name in {"asyncSlot", "asyncClose"} for alias in names):
                    yield line


def long_functions(tree: ast.Module) -> Iterator[int]:
    for node, lines in functions(tree):
        if lines > MAX_FUNCTION_LINES:
            yield node.lineno


def functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Every function with its number of lines, decorators not counted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def _rooms(*excepted: str) -> list[Path]:
    kept_out = set(modules(*excepted)) if excepted else set()
    return [path for path in modules() if path not in kept_out]


RULES: dict[str, tuple[Rule, list[Path]]] = {
    "no loop inside the loop": (nested_loops, modules("views", "controllers")),
    "no star imports of Qt": (star_imports, modules()),
    "QtWidgets only in views, app and main_job": (qt_widgets, _rooms("views", "app", "main_job")),
    "no asyncSlot": (lost_tasks, modules()),
    "no long functions": (long_functions, modules()),
}

BROKEN: list[tuple[Rule, str]] = [
    (nested_loops, "dialog.exec()"),
    (nested_loops, "QMenu(self).exec_(point)"),
    (nested_loops, "QFileDialog.getOpenFileName(self)"),
    (nested_loops, "QtWidgets.QMessageBox.warning(self, 'a', 'b')"),
    (star_imports, "from PySide6.QtCore import *"),
    (qt_widgets, "from PySide6.QtWidgets import QLabel"),
    (qt_widgets, "from PySide6 import QtCore, QtWidgets"),
    (qt_widgets, "import PySide6.QtWidgets as w"),
    (lost_tasks, "from qasync import asyncSlot"),
    (lost_tasks, "import qasync\n@qasync.asyncSlot()\nasync def f(): pass"),
    (long_functions, "def f():\n" + "    x = 1\n" * MAX_FUNCTION_LINES),
]

KEPT: list[tuple[Rule, str]] = [
    (nested_loops, "dialog.open(); QMessageBox.StandardButton(1); QMessageBox(self).open()"),
    (nested_loops, "box = QFileDialog(self, 'Open'); executor.submit(f)"),
    (star_imports, "from PySide6.QtCore import QObject"),
    (qt_widgets, "from PySide6.QtCore import QObject\nfrom PySide6 import QtGui"),
    (lost_tasks, "from qasync import QEventLoop"),
    (long_functions, "def f():\n" + "    x = 1\n" * (MAX_FUNCTION_LINES - 1)),
]


@dataclass(frozen=True)
class Found:
    """What was seen in one module: of each rule the lines that break it, and more."""

    broken: dict[str, list[int]]
    function_lengths: list[int]
    has_docstring: bool


@cache
def found(path: Path) -> Found:
    """Each module is parsed once for all rules; a tree is too large to be kept."""
    tree = parsed(path)
    return Found(
        {name: list(rule(tree)) for name, (rule, _) in RULES.items()},
        [lines for _, lines in functions(tree)],
        ast.get_docstring(tree) is not None,
    )


@pytest.mark.parametrize("name", RULES)
def test_the_house_keeps_its_rules(name: str) -> None:
    _, files = RULES[name]
    assert [place(file, line) for file in files for line in found(file).broken[name]] == []


@pytest.mark.parametrize(("rule", "code"), BROKEN)
def test_a_broken_rule_is_seen(rule: Rule, code: str) -> None:
    assert list(rule(ast.parse(code)))


@pytest.mark.parametrize(("rule", "code"), KEPT)
def test_a_kept_rule_is_not_complained_of(rule: Rule, code: str) -> None:
    assert list(rule(ast.parse(code))) == []


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert lengths
    assert {p.name: n for p, n in lengths.items() if n > MAX_FILE_LINES} == {}


def test_functions_are_short_on_the_whole() -> None:
    lengths = [lines for path in modules() for lines in found(path).function_lengths]
    assert statistics.median(lengths) <= MAX_MEDIAN_LINES
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


def test_every_module_says_what_it_owns() -> None:
    silent = [place(path, 1) for path in modules() if not found(path).has_docstring]
    assert silent == []


def test_packaging_does_not_hide_the_library_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_every_room_that_has_code_is_a_package() -> None:
    rooms = {path.parent for path in modules()}
    assert [
        str(room.relative_to(ROOT)) for room in rooms if not (room / "__init__.py").exists()
    ] == []
    assert PACKAGE in rooms


def test_the_files_of_the_repository_are_found() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in our_files()}
    assert {"pyproject.toml", "dev.py", ".ci/run", "koda_desktop/errors.py"} <= names
    assert not any(name.startswith((".venv/", "build/")) for name in names)
