"""Names of environment variables a program reads, and which of them a buyer has to set."""

from __future__ import annotations

import ast
import re

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}\Z", re.ASCII)
_GIVEN_BY_THE_SYSTEM = frozenset((
    "HOME", "PATH", "USER", "USERNAME", "LOGNAME", "SHELL", "PWD", "OLDPWD", "TERM", "COLORTERM",
    "LANG", "LC_ALL", "LC_CTYPE", "LANGUAGE", "TZ", "TMP", "TEMP", "TMPDIR", "DISPLAY",
    "WAYLAND_DISPLAY", "EDITOR", "VISUAL", "PAGER", "HOSTNAME", "COMPUTERNAME", "USERPROFILE",
    "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES", "WINDIR",
    "SYSTEMROOT", "COMSPEC", "PATHEXT", "OS", "PROCESSOR_ARCHITECTURE", "NUMBER_OF_PROCESSORS",
    "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYTHONPATH", "PYTHONHOME",
    "PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONHASHSEED", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE", "SSH_AUTH_SOCK", "CI", "GITHUB_ACTIONS",
))  # fmt: skip
_GETTERS = ("get", "__getitem__", "str", "int", "bool", "float", "list", "url", "path", "json")


def needed(name: object) -> bool:
    """Whether ``name`` is a variable that no system sets by itself."""
    return isinstance(name, str) and bool(_NAME.match(name)) and name not in _GIVEN_BY_THE_SYSTEM


def read_by_call(call: ast.Call) -> str | None:
    """The variable read by ``os.getenv("X")``, ``os.environ.get("X")``, ``config("X")`` …"""
    name = _first_text(call)
    if name is None or not needed(name):
        return None
    function = call.func
    if isinstance(function, ast.Name):
        return name if function.id == "getenv" or _is_settings_call(function.id, name) else None
    if not isinstance(function, ast.Attribute):
        return None
    if function.attr == "getenv":
        return name
    owner = _last_name(function.value)
    if function.attr in _GETTERS and (owner == "environ" or (owner == "env" and name.isupper())):
        return name
    return None


def read_by_index(index: ast.Subscript) -> str | None:
    """The variable read by ``os.environ["X"]``; setting one is no reading."""
    key = index.slice
    if not isinstance(index.ctx, ast.Load) or not isinstance(key, ast.Constant):
        return None
    owner = index.value
    if _last_name(owner) == "environ" or _is_streamlit(owner):
        return key.value if isinstance(key.value, str) and needed(key.value) else None
    return None


def _is_settings_call(function: str, name: str) -> bool:
    """``config("X")`` of python-decouple and ``env("X")`` of environs take names in capitals."""
    return function in ("config", "env") and name.isupper()


def _is_streamlit(owner: ast.expr) -> bool:
    return (
        isinstance(owner, ast.Attribute)
        and owner.attr == "secrets"
        and _last_name(owner.value) in ("st", "streamlit")
    )


def _first_text(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    value = first.value if isinstance(first, ast.Constant) else None
    return value if isinstance(value, str) else None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
