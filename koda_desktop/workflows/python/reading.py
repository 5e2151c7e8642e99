"""One pass over a syntax tree, without recursion: everything the report needs to know of it."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable

from koda_desktop.workflows.python.facts import Facts, Sign
from koda_desktop.workflows.python.variables import read_by_call, read_by_index

_BUILT_INS = frozenset(
    ("print", "input", "open", "range", "len", "exec", "eval", "exit", "quit", "sum", "max", "min",
     "sorted", "enumerate", "int", "str", "list", "dict", "map", "zip", "isinstance", "super")
)  # fmt: skip
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_WITH_BODY = (ast.Module, ast.ClassDef, *_FUNCTIONS)
_CONTEXTS = (ast.Load, ast.Store, ast.Del)
_LONGEST_DOCSTRING = 20_000
_LONGEST_LICENSE = 80
_MOST_NAMES = 2000


def read_tree(tree: ast.Module) -> Facts:
    """The facts of ``tree``."""
    return _Reading().of(tree)


class _Reading:
    """Collects while the nodes of one tree pass by. Names carry their line, to sort by it."""

    def __init__(self) -> None:
        self.signs: set[Sign] = set()
        self.imports: list[tuple[int, str]] = []
        self.environment: list[tuple[int, str]] = []
        self.siblings = False
        self.functions = 0
        self.license = ""
        self._looks: dict[type[ast.AST], Callable[[ast.AST], None]] = {
            kind: look
            for look, kinds in (
                (self._import, (ast.Import,)),
                (self._import_from, (ast.ImportFrom,)),
                (self._call, (ast.Call,)),
                (self._index, (ast.Subscript,)),
                (self._if, (ast.If,)),
                (self._assignment, (ast.Assign,)),
                (self._function, _FUNCTIONS),
                (self._class, (ast.ClassDef,)),
                (self._block, (ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith)),
                (self._words, (ast.JoinedStr, ast.ListComp, ast.Lambda, ast.AugAssign)),
            )
            for kind in kinds
        }

    def of(self, tree: ast.Module) -> Facts:
        fingerprint = self._walk(tree)
        docstring = (ast.get_docstring(tree) or "")[:_LONGEST_DOCSTRING]
        if docstring:
            self.signs.add(Sign.DOCSTRING)
        return Facts(
            frozenset(self.signs),
            _in_order(self.imports),
            self.siblings,
            _in_order(self.environment),
            docstring,
            self.functions,
            self.license,
            fingerprint,
        )

    def _walk(self, tree: ast.Module) -> str:
        """Visits every node; returns the hash of kinds and names, without texts and numbers."""
        shape: list[str] = []
        stack: list[ast.AST] = [tree]
        while stack:
            node = stack.pop()
            kind = type(node)
            shape.append(kind.__name__)
            look = self._looks.get(kind)
            if look:
                look(node)
            if kind is not ast.Constant:
                _spread(node, stack, shape)
        return hashlib.sha256("\n".join(shape).encode("utf-8", "replace")).hexdigest()

    def _import(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Import)
        self.signs.add(Sign.IMPORTS)
        self.imports += [(node.lineno, alias.name) for alias in node.names]

    def _import_from(self, node: ast.AST) -> None:
        assert isinstance(node, ast.ImportFrom)
        self.signs.add(Sign.IMPORTS)
        if node.level:
            self.siblings = True
        elif node.module in ("google", "google.cloud"):
            self.imports += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
        elif node.module:
            self.imports.append((node.lineno, node.module))

    def _call(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Call)
        plain = isinstance(node.func, ast.Name) and node.func.id in _BUILT_INS
        self.signs.add(Sign.BUILT_INS if plain else Sign.CALLS)
        name = read_by_call(node)
        if name:
            self.environment.append((node.lineno, name))

    def _index(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Subscript)
        name = read_by_index(node)
        if name:
            self.environment.append((node.lineno, name))

    def _if(self, node: ast.AST) -> None:
        assert isinstance(node, ast.If)
        self.signs.add(Sign.BLOCKS)
        left = node.test.left if isinstance(node.test, ast.Compare) else None
        if isinstance(left, ast.Name) and left.id == "__name__":
            self.signs.add(Sign.MAIN_GUARD)

    def _assignment(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Assign)
        self.signs.add(Sign.ASSIGNMENTS)
        target, value = node.targets[0], node.value
        if isinstance(value, ast.Constant):
            if value.value is None or isinstance(value.value, bool):
                self.signs.add(Sign.WORDS)
            named = isinstance(target, ast.Name) and target.id == "__license__"
            if named and isinstance(value.value, str):
                self.license = value.value[:_LONGEST_LICENSE]

    def _function(self, node: ast.AST) -> None:
        self.signs.add(Sign.FUNCTIONS)
        self.functions += 1

    def _class(self, node: ast.AST) -> None:
        self.signs.add(Sign.CLASSES)

    def _block(self, node: ast.AST) -> None:
        self.signs.add(Sign.BLOCKS)

    def _words(self, node: ast.AST) -> None:
        self.signs.add(Sign.WORDS)


def _spread(node: ast.AST, stack: list[ast.AST], shape: list[str]) -> None:
    """Puts the children of ``node`` on the stack, and its names into the shape."""
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            if field == "body" and isinstance(node, _WITH_BODY):
                value = _without_docstring(value)
            if value:
                shape.append(f"{field}{len(value)}")
                stack += [child for child in value if isinstance(child, ast.AST)]
                shape += [child for child in value if isinstance(child, str)]
        elif isinstance(value, ast.AST):
            if not isinstance(value, _CONTEXTS):
                stack.append(value)
        elif isinstance(value, str) and field != "type_comment":
            shape.append(value)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return body[1:] if isinstance(first.value.value, str) else body
    return body


def _in_order(found: list[tuple[int, str]]) -> tuple[str, ...]:
    """The names, each once, by the line they stand on."""
    names = (name for _, name in sorted(found[:_MOST_NAMES]))
    return tuple(dict.fromkeys(names))
