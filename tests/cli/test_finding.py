"""Which files are looked at when a folder is named."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from koda_desktop.cli.finding import Found, find_files, left_out_text
from koda_desktop.errors import InputError, KodaError, NoRights

posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")


def found_in(*paths: Path) -> tuple[list[Found], list[KodaError]]:
    told: list[KodaError] = []
    return list(find_files(paths, told.append)), told


def names_in(folder: Path) -> list[str]:
    found, told = found_in(folder)
    assert told == []
    return [one.path.relative_to(folder).as_posix() for one in found]


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def test_folders_are_walked_in_the_order_of_their_names(tmp_path: Path) -> None:
    fill(tmp_path, "b.json", "a/z.json", "a/b/c.json", "C.json", "a.json", "é.json")
    expected = ["C.json", "a/b/c.json", "a/z.json", "a.json", "b.json", "é.json"]
    assert names_in(tmp_path) == expected


def test_hidden_folders_caches_and_place_holders_are_left_out(tmp_path: Path) -> None:
    fill(tmp_path, ".git/config", "__pycache__/m.pyc", "sub/.cache/x.json", "sub/kept.json", ".env")
    (tmp_path / ".gitkeep").touch()
    (tmp_path / "__init__.py").touch()
    (tmp_path / "empty.json").touch()
    assert names_in(tmp_path) == [".env", "empty.json", "sub/kept.json"]


def test_folders_that_are_left_out_are_told_and_projects_are_one(tmp_path: Path) -> None:
    fill(tmp_path, "node_modules/x.json", "in/.git/config", "bot/setup.py", "bot/a/b.py", "a.json")
    passed: list[Path] = []
    found = list(find_files([tmp_path], lambda error: None, passed.append))
    assert [one.path.relative_to(tmp_path).as_posix() for one in found] == ["a.json", "bot"]
    assert (
        left_out_text(passed) == "Left out: 2 folders, hidden or of tools (.git and node_modules)."
    )


def test_a_hidden_folder_that_is_named_is_walked(tmp_path: Path) -> None:
    fill(tmp_path, ".n8n/flow.json")
    assert names_in(tmp_path / ".n8n") == ["flow.json"]


def test_files_are_taken_as_they_are_named(tmp_path: Path) -> None:
    fill(tmp_path, "a.json", "in/b.json")
    missing = tmp_path / "gone.json"
    found, told = found_in(missing, tmp_path / "in", tmp_path / "a.json")
    assert [(one.path.name, one.size, one.is_walked) for one in found] == [
        ("gone.json", 0, False),
        ("b.json", 1, True),
        ("a.json", 1, False),
    ]
    assert told == []


@pytest.mark.parametrize("inner", [".hidden/a.json", "only/__pycache__/a.pyc"])
def test_a_folder_with_nothing_to_look_at_is_told(tmp_path: Path, inner: str) -> None:
    fill(tmp_path, inner)
    found, (error,) = found_in(tmp_path)
    assert found == []
    assert isinstance(error, InputError)
    assert "no file to look at" in error.what
    assert error.remedy


@posix
def test_links_never_lead_round_in_circles(tmp_path: Path) -> None:
    fill(tmp_path, "in/a.json")
    (tmp_path / "in/up").symlink_to(tmp_path)
    (tmp_path / "other").symlink_to(tmp_path / "in")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "gone.json").symlink_to("nowhere")
    (tmp_path / "to-a.json").symlink_to("in/a.json")
    assert names_in(tmp_path) == ["gone.json", "in/a.json", "self", "to-a.json"]


@posix
def test_a_link_to_a_folder_that_is_named_is_walked(tmp_path: Path) -> None:
    fill(tmp_path, "in/a.json")
    (tmp_path / "link").symlink_to("in")
    assert names_in(tmp_path / "link") == ["a.json"]


@posix
def test_pipes_and_sockets_are_left_out(tmp_path: Path) -> None:
    fill(tmp_path, "a.json")
    os.mkfifo(tmp_path / "pipe.json")
    assert names_in(tmp_path) == ["a.json"]


@pytest.fixture
def deep_folder(tmp_path: Path) -> Iterator[Path]:
    """More folders in each other than calls fit on the stack, with a file in the last one.

    Taken away again one by one: what clears temporary folders would run out of stack.
    """
    levels = [tmp_path / "d"]
    for _ in range(sys.getrecursionlimit() + 100):
        levels.append(levels[-1] / "d")
    for level in levels:
        level.mkdir()
    (levels[-1] / "deep.json").touch()
    yield tmp_path
    (levels[-1] / "deep.json").unlink()
    for level in reversed(levels):
        level.rmdir()


@pytest.mark.skipif(sys.platform != "linux", reason="paths may be this long on Linux alone")
def test_folders_deeper_than_the_stack_are_walked(deep_folder: Path) -> None:
    found, told = found_in(deep_folder)
    assert [one.path.name for one in found] == ["deep.json"]
    assert told == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_folder_without_rights_is_told(tmp_path: Path) -> None:
    fill(tmp_path, "open/a.json", "shut/b.json")
    (tmp_path / "shut").chmod(0)
    try:
        found, (error,) = found_in(tmp_path)
    finally:
        (tmp_path / "shut").chmod(0o700)
    assert [one.path.name for one in found] == ["a.json"]
    assert isinstance(error, NoRights)


def test_a_folder_that_cannot_be_listed_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "a/a.json", "b/b.json", "c/c.json")
    scan = os.scandir

    def refuse(path: Path) -> os._ScandirIterator[str]:
        if Path(path).name == "b":
            raise PermissionError(13, "Permission denied")
        return scan(str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    found, (error,) = found_in(tmp_path)
    assert [one.path.name for one in found] == ["a.json", "c.json"]
    assert isinstance(error, NoRights)
    assert "b could not be listed" in error.what
