"""What tools leave in folders and nobody buys: caches, version control, editors' settings."""

from __future__ import annotations

import re

_FOLDERS = {
    "__pycache__": "compiled Python", ".git": "the history of version control",
    ".svn": "the history of version control", ".hg": "the history of version control",
    "__macosx": "notes of macOS", ".idea": "settings of an editor", ".vscode":
    "settings of an editor", "node_modules": "libraries the buyer installs", ".venv":
    "a virtual environment", "venv": "a virtual environment", ".tox": "a virtual environment",
    ".nox": "a virtual environment", ".mypy_cache": "a cache", ".pytest_cache": "a cache",
    ".ruff_cache": "a cache", ".ipynb_checkpoints": "a cache", ".cache": "a cache",
    ".terraform": "a cache", "$recycle.bin": "a bin of Windows", ".trash": "a bin",
}  # fmt: skip
_FILES = (
    (re.compile(r"(?:\.DS_Store|\._.*|\.Spotlight-V100|\.localized)\Z"), "notes of macOS"),
    (re.compile(r"(?:Thumbs\.db|desktop\.ini|ehthumbs\.db)\Z", re.IGNORECASE), "notes of Windows"),
    (re.compile(r".*\.py[co]\Z"), "compiled Python"),
    (re.compile(r"(?:\.directory|.*~|\.#.*|#.*#|.*\.sw[op])\Z"), "a leftover of an editor"),
    (re.compile(r"(?:\.coverage|npm-debug\.log|pip-log\.txt)\Z"), "a leftover of a tool"),
)


def is_litter(name: str) -> bool:
    """Whether the entry ``name`` is left out."""
    return litter(name) is not None


def litter(name: str) -> tuple[str, str] | None:
    """The part of ``name`` to be listed as left out, and what it is; None for what stays."""
    steps = name.replace("\\", "/").split("/")
    for number, step in enumerate(steps[:-1]):
        what = _FOLDERS.get(step.lower())
        if what:
            return "/".join(steps[: number + 1]) + "/", what
    what = next((what for pattern, what in _FILES if pattern.match(steps[-1])), None)
    return (name, what) if what else None
