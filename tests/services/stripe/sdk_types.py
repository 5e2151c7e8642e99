"""Holds requests and answers to the types that Stripe's own SDK ships with.

The SDK describes every request as a TypedDict and every answer as the annotations of a class. Here
they are read as they stand: a field they do not know, a required one that is missing, a wrong type
and a word outside an enumeration are each a problem, named by its path. ``Union[Literal[…], str]``,
which the SDK writes so that old programs survive new words, is read as the Literal alone.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import re
import types
import typing
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import stripe
import typing_extensions
from stripe._object_classes import get_object_class
from stripe._request_options import RequestOptions
from stripe._stripe_object import StripeObject, UntypedStripeObject

_UNIONS = (typing.Union, types.UnionType)
_OPTIONS = frozenset(RequestOptions.__annotations__)
"""What the SDK takes beside the parameters; never sent as one."""

_WRAPPERS = (typing_extensions.NotRequired, typing_extensions.Required)


def answer_problems(answer: Mapping[str, Any]) -> list[str]:
    """What is wrong with an answer of the API, by its own ``object`` name."""
    if "error" in answer:
        return list(_record(answer["error"], stripe.ErrorObject, "error"))
    if answer.get("object") == "list":
        return [problem for item in answer["data"] for problem in answer_problems(item)]
    if answer.get("deleted"):
        return [] if set(answer) == {"id", "object", "deleted"} else ["deleted: more than a mark"]
    name = str(answer.get("object"))
    kind = get_object_class("V1", name)
    if kind is StripeObject:
        return [f"{name}: the SDK knows no such object"]
    problems = list(_record(answer, kind, name))
    if name == "event":
        problems += answer_problems(answer["data"]["object"])
    return problems


def request_problems(fields: Mapping[str, Any], kind: type) -> list[str]:
    """What is wrong with the decoded form of a request whose parameters are ``kind``."""
    return list(_typed_dict(fields, kind, ""))


def _record(value: Mapping[str, Any], kind: type, path: str) -> Iterator[str]:
    hints = _hints(kind)
    for name in value:
        if name not in hints:
            yield f"{path}.{name}: unknown"
    for name, hint in hints.items():
        if name in value:
            yield from _problems(value[name], hint, f"{path}.{name}", is_form=False)
        elif not _allows_none(hint):
            yield f"{path}.{name}: missing"


def _typed_dict(value: Mapping[str, Any], kind: type, path: str) -> Iterator[str]:
    hints = _hints(kind)
    for name in value:
        if name not in hints:
            yield f"{path}[{name}]: unknown"
    for name in kind.__required_keys__:  # type: ignore[attr-defined]
        if name not in value:
            yield f"{path}[{name}]: missing"
    for name, item in value.items():
        if name in hints:
            yield from _problems(item, hints[name], f"{path}[{name}]", is_form=True)


def _problems(value: Any, hint: Any, path: str, *, is_form: bool) -> list[str]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in _WRAPPERS:
        return _problems(value, arguments[0], path, is_form=is_form)
    if origin in _UNIONS:
        return _union(value, arguments, path, is_form=is_form)
    if origin in (typing.Literal, typing_extensions.Literal):
        return [] if value in arguments else [f"{path}: {value!r} is none of its words"]
    if origin is list:
        return _list(value, arguments[0], path, is_form=is_form)
    if origin in (dict, UntypedStripeObject):
        return _mapping(value, arguments[-1], path, is_form=is_form)
    if isinstance(origin, type) and issubclass(origin, StripeObject):
        return _generic_list(value, arguments[0], path)
    return _plain(value, hint, path, is_form=is_form)


def _union(value: Any, options: tuple[Any, ...], path: str, *, is_form: bool) -> list[str]:
    has_words = any(
        typing.get_origin(one) is typing.Literal and any(typing.get_args(one)) for one in options
    )
    tried = [
        _problems(value, one, path, is_form=is_form)
        for one in options
        if not (has_words and one is str)
    ]
    return min(tried, key=lambda found: (len(found), -max(map(len, found), default=0)))


def _list(value: Any, item: Any, path: str, *, is_form: bool) -> list[str]:
    if is_form and isinstance(value, dict):
        value = [value[key] for key in sorted(value, key=int)]
    if not isinstance(value, list):
        return [f"{path}: not a list"]
    return [
        problem
        for index, one in enumerate(value)
        for problem in _problems(one, item, f"{path}[{index}]", is_form=is_form)
    ]


def _mapping(value: Any, item: Any, path: str, *, is_form: bool) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: not a map"]
    return [
        problem
        for name, one in value.items()
        for problem in _problems(one, item, f"{path}[{name}]", is_form=is_form)
    ]


def _generic_list(value: Any, item: Any, path: str) -> list[str]:
    """A ListObject inside an answer."""
    if not isinstance(value, dict) or value.get("object") != "list":
        return [f"{path}: not a list object"]
    if set(value) != {"object", "data", "has_more", "url"}:
        return [f"{path}: not the fields of a list object"]
    return _list(value["data"], item, path, is_form=False)


def _plain(value: Any, hint: Any, path: str, *, is_form: bool) -> list[str]:
    if hint is Any:
        return []
    if hint is type(None):
        return [] if value is None else [f"{path}: not null"]
    if typing_extensions.is_typeddict(hint):
        return list(_typed_dict(value, hint, path)) if isinstance(value, dict) else [f"{path}: ?"]
    if isinstance(hint, type) and issubclass(hint, StripeObject):
        return list(_record(value, hint, path)) if isinstance(value, dict) else [f"{path}: ?"]
    if hint is Decimal:
        return [] if _is_decimal(value) else [f"{path}: not a decimal"]
    if is_form and hint in (int, bool, float):
        return [] if _is_written(value, hint) else [f"{path}: {value!r} is no {hint.__name__}"]
    is_right = isinstance(value, hint) and (hint is bool or not isinstance(value, bool))
    return [] if is_right else [f"{path}: {value!r} is no {hint.__name__}"]


def _is_decimal(value: Any) -> bool:
    try:
        Decimal(str(value))
    except InvalidOperation:
        return False
    return isinstance(value, str)


def _is_written(value: Any, kind: type) -> bool:
    if kind is bool:
        return value in ("true", "false")
    try:
        kind(value)
    except (ValueError, TypeError):
        return False
    return True


def _allows_none(hint: Any) -> bool:
    return typing.get_origin(hint) in _UNIONS and type(None) in typing.get_args(hint)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """The annotations of a class with every name in them looked up."""
    names = _namespace(kind.__module__)
    own = dict(kind.__annotations__)
    if typing_extensions.is_typeddict(kind):
        own = {name: one for name, one in own.items() if name not in _OPTIONS}
    bare = types.SimpleNamespace(__annotations__=own)
    hints = typing.get_type_hints(bare, names, names, include_extras=True)
    return {name: hint for name, hint in hints.items() if not name.isupper()}


@functools.cache
def _namespace(module_name: str) -> dict[str, Any]:
    """A module's names, those that it imports for type checkers only included."""
    module = importlib.import_module(module_name)
    names = dict(vars(module))
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stripe"):
            source = importlib.import_module(node.module)
            for alias in node.names:
                if hasattr(source, alias.name):
                    names[alias.asname or alias.name] = getattr(source, alias.name)
    return names


@functools.cache
def request_kinds() -> tuple[tuple[str, re.Pattern[str], type], ...]:
    """Method, path and parameters of every request that the SDK's services can make."""
    found = []
    for module in _service_modules():
        for function in _service_methods(module):
            sent = re.search(r'"(get|post|delete)",\s*"(/v1/[^"]+)"', inspect.getsource(function))
            name = re.search(r"\w+Params", str(function.__annotations__.get("params", "")))
            if sent and name:
                path = re.compile(re.sub(r"\{\w+\}", "[^/]+", sent[2]) + r"\Z")
                kind = _namespace(module.__name__)[name[0]]
                found.append((sent[1].upper(), path, kind))
    return tuple(found)


def params_of(method: str, path: str) -> type:
    """The parameters of a request. Raises LookupError for one the SDK does not make."""
    for known, pattern, kind in request_kinds():
        if known == method and pattern.match(path):
            return kind
    raise LookupError(f"{method} {path}")


def _service_modules() -> Iterator[types.ModuleType]:
    for package in (stripe, stripe.checkout):
        for file in sorted(Path(str(package.__file__)).parent.glob("_*_service.py")):
            yield importlib.import_module(f"{package.__name__}.{file.stem}")


def _service_methods(module: types.ModuleType) -> Iterator[types.FunctionType]:
    for service in vars(module).values():
        if isinstance(service, type) and service.__module__ == module.__name__:
            for name, function in vars(service).items():
                if isinstance(function, types.FunctionType) and not name.endswith("_async"):
                    yield function
