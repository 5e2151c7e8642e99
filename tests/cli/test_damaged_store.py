"""A damaged store, as the command line and the doctor tell of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.runtime.paths import Paths, data_root
from koda_desktop.sync.store.pages import PAGE_SIZE
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry
from tests.cli.conftest import Koda
from tests.sync.store import damaging

NAME = "drafts"


@pytest.fixture
def store() -> Path:
    """The store of an offline workspace with drafts in it."""
    paths = Paths(data_root(None)).ensure()
    Registry(paths).add(WorkspaceInfo(NAME, WorkspaceKind.OFFLINE))
    folders = paths.workspace(NAME).ensure()
    life = damaging.live(folders.store.parent, drafts=2, published=10)
    assert life.store == folders.store
    return life.store


def test_a_command_says_on_standard_error_what_was_saved_and_goes_on(
    koda: Koda, store: Path
) -> None:
    damaging.overwrite(store, 0, bytes(4096))
    said = koda("--json", "listings")
    assert said.code == 0
    assert {record["title"] for record in said.records} >= {"Draft 0", "Draft 1", "Long draft"}
    assert "koda: The local store was damaged: 3 drafts and" in said.err
    assert damaging.aside(store).name in said.err
    assert koda("--json", "listings").err == ""


def test_the_doctor_finds_damage_and_names_what_was_kept_of_earlier(
    koda: Koda, store: Path
) -> None:
    def found() -> tuple[bool, str, str]:
        (record,) = [
            one for one in koda("--json", "doctor").records if one["check"] == "local store"
        ]
        return record["ok"], record["what"], record["remedy"]

    assert found() == (True, "The store is whole", "")
    damaging.overwrite(store, 3 * PAGE_SIZE, bytes(PAGE_SIZE))
    is_well, what, remedy = found()
    assert not is_well
    assert "damaged" in what
    assert "start it again" in remedy
    koda("listings")
    is_well, what, _ = found()
    assert is_well
    assert damaging.aside(store).name in what
