"""The preview picture of drafts on the command line; painted by a real child with Qt."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry
from tests.cli.conftest import Koda, Said, write_workflow
from tests.pictures import png

Run = Callable[..., Said]
NO_QT = (
    "import sys\n"
    "class Refuse:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name.startswith('PySide6'):\n"
    "            raise ImportError('no Qt here')\n"
    "sys.meta_path.insert(0, Refuse())\n"
)


@pytest.fixture
def run(tmp_path: Path, koda: Koda) -> Run:
    Registry(Paths(tmp_path / "data").ensure()).add(WorkspaceInfo("shop", WorkspaceKind.OFFLINE))
    return lambda *words: koda("--json", "--data-dir", tmp_path / "data", *words)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_workflow(tmp_path / "in" / "export.json")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "own.webp"
    path.write_bytes(png(40, 30))
    return path


def draft(run: Run, export: Path, *words: object) -> str:
    said = run("draft", export, "--price", "1", "--category", "Other", *words)
    assert said.code == 0, said.err
    return str(said.record["id"])


def preview(run: Run, listing_id: str) -> Any:
    return run("show", listing_id).record["preview"]


def staged(folder: Path, sha256: str) -> bytes:
    (found,) = folder.rglob(sha256)
    return found.read_bytes()


def test_the_graph_becomes_the_preview(run: Run, export: Path, tmp_path: Path) -> None:
    listing_id = draft(run, export)
    shown = preview(run, listing_id)
    assert (shown["of"], shown["mediaType"]) == ("workflow", "image/png")
    data = staged(tmp_path / "data", shown["sha256"])
    assert len(data) == shown["size"]
    assert struct.unpack(">II", data[16:24]) == (800, 500)
    target = tmp_path / "drawn.png"
    assert run("draw", export, "--out", target, "--size", "card").code == 0
    assert data == target.read_bytes()


def test_a_file_without_a_graph_has_no_preview(run: Run, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Ask the model for a summary.", "utf-8")
    listing_id = draft(run, note)
    assert preview(run, listing_id) is None
    refused = run("edit", listing_id, "--preview", "workflow")
    assert refused.code == 1
    assert "no graph" in refused.err


def test_a_picture_of_ones_own_none_and_the_workflows_again(
    run: Run, export: Path, picture: Path
) -> None:
    listing_id = draft(run, export, "--preview", picture)
    assert preview(run, listing_id)["of"] == "seller"
    assert run("edit", listing_id, "--preview", "none").code == 0
    assert preview(run, listing_id) is None
    assert run("edit", listing_id, "--preview", "workflow", "--set", "title=New").code == 0
    assert preview(run, listing_id)["of"] == "workflow"
    assert run("show", listing_id).record["title"] == "New"
    assert preview(run, draft(run, export, "--preview", "none")) is None
    assert run("edit", listing_id, "--preview", picture).code == 0
    assert preview(run, listing_id)["of"] == "seller"


@pytest.mark.parametrize("command", ["draft", "edit"])
def test_what_is_no_picture_is_refused_and_changes_nothing(
    run: Run, export: Path, tmp_path: Path, command: str
) -> None:
    listing_id = draft(run, export)
    before = preview(run, listing_id)
    fake = tmp_path / "fake.png"
    fake.write_text("<svg/>")
    words = {
        "draft": ("draft", export, "--price", "1", "--category", "Other"),
        "edit": ("edit", listing_id),
    }[command]
    for path, word in ((fake, "not a picture"), (tmp_path / "missing.png", "could not be read")):
        said = run(*words, "--preview", path)
        assert said.code == 1
        assert word in said.err
    assert preview(run, listing_id) == before
    assert len(run("listings").records) == 1


def test_nothing_to_change_is_a_wrong_use(run: Run, export: Path) -> None:
    assert run("edit", draft(run, export)).code == 2


def test_a_queued_listing_keeps_its_picture(run: Run, export: Path, picture: Path) -> None:
    listing_id = draft(run, export)
    assert run("publish", listing_id).record["state"] == "waiting"
    said = run("edit", listing_id, "--preview", picture)
    assert said.code == 1
    assert "Only a draft" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="a path of its own kind")
def test_without_qt_the_draft_is_made_without_a_picture(
    run: Run, export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(NO_QT)
    monkeypatch.setenv("PYTHONPATH", str(hooks), prepend=":")
    said = run("draft", export, "--price", "1", "--category", "Other")
    assert said.code == 0
    assert "has no preview picture" in said.err
    assert preview(run, said.record["id"]) is None
