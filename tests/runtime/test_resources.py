from __future__ import annotations

import sys
from pathlib import Path

import pytest

from koda_desktop.runtime import resources
from koda_desktop.runtime.resources import ResourceMissing, resource, resources_root

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder with no resources anywhere near it."""
    folder = tmp_path / "site" / "koda_desktop"
    folder.mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", folder)
    monkeypatch.delattr(sys, "_MEIPASS", raising=False)
    return folder


def _make(folder: Path) -> Path:
    (folder / "samples").mkdir(parents=True)
    (folder / "samples" / "one.json").write_text("{}")
    return folder


def test_source_tree_keeps_them_beside_the_package() -> None:
    assert resources_root() == ROOT / "resources"


def test_a_wheel_keeps_them_inside_the_package(package: Path) -> None:
    _make(package.parent / "resources")
    inside = _make(package / "_resources")
    assert resource("samples/one.json") == inside / "samples" / "one.json"


def test_a_frozen_build_looks_only_where_it_unpacked(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make(package / "_resources")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "frozen"), raising=False)
    with pytest.raises(ResourceMissing):
        resources_root()
    unpacked = _make(tmp_path / "frozen" / "resources")
    assert resource("samples") == unpacked / "samples"


def test_an_incomplete_installation_says_where_it_looked(package: Path) -> None:
    with pytest.raises(ResourceMissing, match="missing") as caught:
        resources_root()
    assert str(package / "_resources") in str(caught.value)


def test_a_missing_resource_is_named(package: Path) -> None:
    _make(package / "_resources")
    with pytest.raises(ResourceMissing, match=r"samples/two\.json"):
        resource("samples/two.json")


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../secrets", "samples/../../x", "samples\\one.json"]
)
def test_a_name_that_leaves_the_folder_is_refused(package: Path, name: str) -> None:
    _make(package / "_resources")
    with pytest.raises(ValueError, match="not the name"):
        resource(name)
