"""Which files of a folder are meant, and a Python project's folder taken as one."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from koda_desktop.errors import Cancelled, KodaError
from koda_desktop.runtime.work import CancelToken
from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.folders import Walk, is_project
from koda_desktop.workflows.inspect import inspect_path

_PROGRAM = (
    "import os\n\nimport requests\n\n\ndef main() -> None:\n    requests.get(os.environ['X'])\n"
)


def fill(folder: Path, *names: str, text: str = "x") -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_PROGRAM if name.endswith(".py") else text)
    return folder


def walked(folder: Path) -> tuple[list[str], list[str]]:
    faults: list[KodaError] = []
    walk = Walk(folder, faults.append)
    found = [entry.path.relative_to(folder).as_posix() for entry in walk]
    assert not faults
    return found, [path.relative_to(folder).as_posix() for path in walk.left_out]


def test_folders_of_tools_are_left_out_and_told(tmp_path: Path) -> None:
    fill(tmp_path, "a/b/c/flow.json", "node_modules/x/y.json", ".git/config", "env/pyvenv.cfg")
    fill(tmp_path, "a/__pycache__/m.pyc", "venv/lib.py")
    assert walked(tmp_path) == (
        ["a/b/c/flow.json"],
        [".git", "a/__pycache__", "env", "node_modules", "venv"],
    )


def test_the_folder_of_a_python_project_is_one(tmp_path: Path) -> None:
    fill(tmp_path, "bot/pyproject.toml", "bot/bot/main.py", "bot/tests/test_main.py", "flow.json")
    assert walked(tmp_path) == (["bot", "flow.json"], [])
    assert [entry.path for entry in Walk(tmp_path / "bot", _never)] == [tmp_path / "bot"]


def _never(error: KodaError) -> None:
    raise AssertionError(error.what)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("requirements.txt", "main.py"), True),
        (("src/app/__main__.py", "setup.cfg"), True),
        (("__main__.py",), True),
        (("main.py", "other.py"), False),
        (("pyproject.toml",), False),
        (("pyproject.toml", "check.py", "flows/a.json", "flows/b.json"), False),
    ],
)
def test_what_a_project_is(tmp_path: Path, names: tuple[str, ...], expected: bool) -> None:
    assert is_project(fill(tmp_path, *names)) is expected


def test_a_project_is_packed_and_read_as_one(tmp_path: Path) -> None:
    folder = fill(tmp_path / "leads bot", "requirements.txt", text="requests\n")
    fill(folder, "leads/main.py", ".env", ".git/config", "leads/__pycache__/main.pyc")
    inspection = inspect_path(folder)
    assert (inspection.platform, inspection.file_name) == ("Python", "leads bot.zip")
    assert inspection.publishable, inspection.problems
    assert inspection.packaged is not None
    with zipfile.ZipFile(io.BytesIO(inspection.packaged.data)) as archive:
        names = [name for name in archive.namelist() if "manifest" not in name]
    assert sorted(names) == ["leads/main.py", "requirements.txt"]
    (told,) = [problem for problem in inspection.problems if problem.code == "left-out"]
    for name in (".env", ".git/", "leads/__pycache__/"):
        assert f"“{name}”" in told.message


def test_a_project_gives_the_same_package_again(tmp_path: Path) -> None:
    first = fill(tmp_path / "a" / "bot", "requirements.txt", "main.py")
    second = fill(tmp_path / "b" / "bot", "main.py", "requirements.txt")
    os.utime(second / "main.py", (1, 1))
    packages = [inspect_path(folder).packaged for folder in (first, second)]
    assert packages[0] is not None
    assert packages[0] == packages[1]


def test_a_project_too_large_is_refused_before_all_of_it_is_read(tmp_path: Path) -> None:
    folder = fill(tmp_path, "requirements.txt", "main.py")
    with (folder / "data.bin").open("wb") as stream:
        stream.truncate(3_000_000)
    inspection = inspect_path(folder, caps=Caps(max_bytes=1_000_000))
    assert [problem.code for problem in inspection.problems] == ["too-large"]
    assert inspection.packaged is None


def test_a_folder_of_exports_is_no_file(tmp_path: Path) -> None:
    inspection = inspect_path(fill(tmp_path, "a.json", text=json.dumps({})))
    assert [problem.code for problem in inspection.problems] == ["not-a-file"]


def test_a_walk_is_stopped(tmp_path: Path) -> None:
    fill(tmp_path, "a.json", "b.json", "c.json")
    stop = CancelToken()
    walk = iter(Walk(tmp_path, _never, stop))
    assert next(walk).path.name == "a.json"
    stop.cancel()
    with pytest.raises(Cancelled):
        next(walk)
