"""What ships: the wheel is built, looked into, and run from without the source tree."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.repository.source import ROOT, modules, our_files

LOCATE = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from koda_desktop.runtime.resources import resources_root; print(resources_root())"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    (built,) = folder.glob("*.whl")
    return built


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_holds_every_module(wheel: Path) -> None:
    assert {path.relative_to(ROOT).as_posix() for path in modules()} <= _names(wheel)


def test_it_holds_every_resource(wheel: Path) -> None:
    folder = ROOT / "resources"
    own = {p.relative_to(folder).as_posix() for p in our_files() if folder in p.parents}
    assert own
    assert {f"koda_desktop/_resources/{name}" for name in own} <= _names(wheel)


def test_it_holds_nothing_else(wheel: Path) -> None:
    rooms = {name.split("/")[0] for name in _names(wheel)}
    (metadata,) = (room for room in rooms if room.endswith(".dist-info"))
    assert rooms == {"koda_desktop", metadata}
    assert not [name for name in _names(wheel) if "__pycache__" in name]


def test_it_has_both_commands_and_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (points,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        text = archive.read(points).decode()
    assert "koda = koda_desktop.cli:main" in text
    assert "koda-desktop = koda_desktop.__main__:main" in text
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in _names(wheel))


def test_its_resources_are_found_without_the_source_tree(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-c", LOCATE, str(tmp_path)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout.strip() == str(tmp_path / "koda_desktop" / "_resources"), run.stderr
