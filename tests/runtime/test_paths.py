from __future__ import annotations

import os
import stat
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import LocalFault, UsageError
from koda_desktop.runtime.paths import Paths, WorkspacePaths, data_root

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")


def test_the_option_goes_before_the_variable(tmp_path: Path) -> None:
    named = {"KODA_DATA_DIR": str(tmp_path / "variable")}
    assert data_root(tmp_path / "option", named) == tmp_path / "option"
    assert data_root(None, named) == tmp_path / "variable"


@pytest.mark.parametrize("environ", [{}, {"KODA_DATA_DIR": ""}])
def test_the_system_names_the_folder_otherwise(environ: dict[str, str]) -> None:
    assert data_root(None, environ) == Path(platformdirs.user_data_dir("Koda Desktop", False))


def test_relative_and_home_folders_become_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_root(Path("here"), {}) == tmp_path / "here"
    assert data_root(None, {"KODA_DATA_DIR": "~/there"}) == Path.home() / "there"


def test_tests_never_see_the_persons_folder(data_dir: Path) -> None:
    assert data_root() == data_dir
    assert not data_dir.exists()


def test_everything_lies_in_the_data_folder(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    shop = paths.workspace("my-shop")
    own = (paths.workspaces_file, paths.settings_file, paths.logs, paths.crash, paths.sandbox)
    theirs = (shop.store, shop.staging, shop.parts, shop.lock)
    assert all(path.is_relative_to(tmp_path) for path in own)
    assert all(path.parent == tmp_path / "workspaces" / "my-shop" for path in theirs)
    assert len({*own, *theirs}) == len(own) + len(theirs)


@posix
def test_folders_are_for_this_account_alone(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "a" / "b").ensure()
    shop = paths.workspace("shop").ensure()
    made = (paths.root, paths.logs, paths.crash, paths.sandbox, shop.root, shop.staging, shop.parts)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in made} == {0o700}


@posix
def test_an_open_folder_is_closed(tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir(mode=0o755)
    Paths(root).ensure().ensure()
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(LocalFault, match="could not be made"):
        Paths(tmp_path / "data").ensure()
    assert (tmp_path / "data").read_text() == "not a folder"


@pytest.mark.parametrize("name", ["sandbox", "a", "my-shop_2", "a" * 64])
def test_workspace_names(name: str, tmp_path: Path) -> None:
    assert Paths(tmp_path).workspace(name) == WorkspacePaths(tmp_path / "workspaces" / name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "a\\b", "Shop", "a b", "-a", "a-", "con", "lpt1", "a" * 65, "a\n", "é"],
)
def test_names_no_folder_can_have_on_every_system(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Paths(tmp_path).workspace(name)
    assert caught.value.remedy


@given(st.text(max_size=70))
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    paths = Paths(Path("/data"))
    try:
        root = paths.workspace(name).root
    except UsageError:
        return
    assert root.resolve().parent == paths.workspaces.resolve()
