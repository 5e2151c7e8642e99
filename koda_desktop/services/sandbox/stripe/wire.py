"""Stripe's wire format: nested form fields in, typed parameters out.

A specification is a dictionary of field names; ``!`` behind a name makes it required. Its values
are ``int``, ``str`` or ``bool``, a tuple of allowed words, a list holding the specification of each
element, a nested dictionary, or ``{"*": …}`` for a map with free names (metadata).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from koda_desktop.services.sandbox.stripe.errors import StripeFault, invalid

Json = dict[str, Any]
Spec = Mapping[str, Any]

API_VERSION = "2026-10-28.endive"
MAX_METADATA_KEYS = 50
MAX_METADATA_KEY = 40
MAX_METADATA_VALUE = 500

METADATA: Spec = {"*": str}
RANGE: Spec = {"gt": int, "gte": int, "lt": int, "lte": int}
PAGING: Spec = {"limit": int, "starting_after": str, "ending_before": str, "expand": [str]}


def parse_form(text: str) -> Json:
    """``a[b][0]=c&d=e`` as nested dictionaries; lists stay dictionaries of their indexes."""
    fields: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=2_000):
        *parents, key = name.replace("]", "").split("[")
        place = fields
        for parent in parents:
            inner = place.setdefault(parent, {})
            if not isinstance(inner, dict):
                raise invalid(f"Invalid parameter: {name}", name)
            place = inner
        place[key or str(len(place))] = value
    return fields


def typed(fields: Mapping[str, Any], spec: Spec, path: str = "") -> Json:
    """``fields`` by ``spec``. Raises StripeFault for unknown, missing and mistyped ones."""
    if "*" in spec:
        return _metadata(fields, path)
    names = {name.removesuffix("!"): kind for name, kind in spec.items()}
    for name in fields:
        if name not in names:
            where = _path(path, name)
            raise invalid(f"Received unknown parameter: {where}", where, "parameter_unknown")
    for name in spec:
        if name.endswith("!") and fields.get(name[:-1]) in (None, ""):
            where = _path(path, name[:-1])
            raise invalid(f"Missing required param: {where}.", where, "parameter_missing")
    return {
        name: _value(value, names[name], _path(path, name))
        for name, value in fields.items()
        if value != "" or names[name] is str
    }


def _path(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(value: Any, kind: Any, path: str) -> Any:
    if isinstance(kind, list):
        return _list(value, kind[0], path)
    if isinstance(kind, Mapping):
        if not isinstance(value, Mapping):
            raise invalid(f"Invalid object: {path}", path)
        return typed(value, kind, path)
    if not isinstance(value, str):
        raise invalid(f"Invalid value for {path}", path)
    if isinstance(kind, tuple):
        if value not in kind:
            raise invalid(f"Invalid {path}: must be one of {', '.join(kind)}", path)
        return value
    return _scalar(value, kind, path)


def _scalar(value: str, kind: Any, path: str) -> Any:
    if kind is bool:
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value}", path)
        return value == "true"
    if kind is str:
        return value
    try:
        return kind(value)
    except ValueError:
        raise invalid(f"Invalid integer: {value}", path, "parameter_invalid_integer") from None


def _list(value: Any, kind: Any, path: str) -> list[Any]:
    if not isinstance(value, Mapping):
        raise invalid(f"Invalid array: {path}", path)
    return [_value(value[key], kind, f"{path}[{key}]") for key in sorted(value, key=_index)]


def _index(key: str) -> int:
    if not key.isdigit():
        raise invalid(f"Invalid array index: {key}")
    return int(key)


def _metadata(fields: Mapping[str, Any], path: str) -> Json:
    if len(fields) > MAX_METADATA_KEYS:
        raise invalid(f"You can have up to {MAX_METADATA_KEYS} keys.", path)
    for name, value in fields.items():
        if len(name) > MAX_METADATA_KEY:
            raise invalid(f"Metadata keys must be {MAX_METADATA_KEY} characters or less.", path)
        if not isinstance(value, str) or len(value) > MAX_METADATA_VALUE:
            raise invalid(f"Metadata values can have up to {MAX_METADATA_VALUE} characters.", path)
    return dict(fields)


def check_version(version: str | None) -> None:
    """Raises StripeFault when a client speaks another version of the API."""
    if version != API_VERSION:
        raise StripeFault(400, f"This make-believe Stripe speaks {API_VERSION}, not {version}.")
