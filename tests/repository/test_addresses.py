"""Nothing in the repository ties it to one computer or to one place to download from."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository.source import ROOT, our_files, place

# In brackets, so that this file does not find itself.
INDEX = re.compile(
    r"pypi[.]org|pythonhosted[.]org|--(?:extra-)?index[-]url|--find[-]links|--index[ =]h"
)

_ORDINARY = {Path("/"), Path("/tmp"), Path("/root"), Path("/home"), Path("/Users")}


def machine_paths() -> list[str]:
    """The folders of this computer that would betray it: the repository's, its parent's, home."""
    folders = [ROOT, ROOT.parent]
    if sys.platform != "win32":
        import os
        import pwd

        # The tests run in a home of their own.
        folders.append(Path(pwd.getpwuid(os.getuid()).pw_dir))
    return [f"{folder}/" for folder in folders if folder not in _ORDINARY]


def found(pattern: re.Pattern[str]) -> Iterator[str]:
    for path in our_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for match in pattern.finditer(text):
            yield place(path, text.count("\n", 0, match.start()) + 1)


def test_no_address_of_a_package_index() -> None:
    assert list(found(INDEX)) == []


def test_no_path_of_this_computer() -> None:
    pattern = re.compile("|".join(map(re.escape, machine_paths())))
    assert list(found(pattern)) == []


@pytest.mark.parametrize(
    "text",
    [
        "https://pypi" + ".org/simple/x",
        "https://files.pythonhosted" + ".org/a.whl",
        "pip install --extra-index" + "-url x",
        "uv --index" + "=https://mirror",
    ],
)
def test_an_address_would_be_seen(text: str) -> None:
    assert INDEX.search(text)
