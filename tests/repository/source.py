"""The repository's own files, as the tests on it read them."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "koda_desktop"

_NOT_OURS = {"build", "dist", "__pycache__", "node_modules"}


@cache
def our_files() -> tuple[Path, ...]:
    """Every file that is tracked or could be; in an unpacked archive, every file."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True)
        if listed.returncode == 0:
            names = listed.stdout.decode().split("\0")
            return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())
    return tuple(_walk(ROOT))


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _NOT_OURS or (path.name.startswith(".") and path.name != ".ci"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def modules(*rooms: str) -> list[Path]:
    """The Python files of the named rooms of the package; of all of it when none is named."""
    files = [path for path in our_files() if path.suffix == ".py" and PACKAGE in path.parents]
    if not rooms:
        return files
    return [path for path in files if _room(path) in rooms]


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"
