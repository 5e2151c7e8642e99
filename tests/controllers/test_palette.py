"""What the command palette finds, and in which order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.controllers.matching import score
from koda_desktop.controllers.palette import Command, PaletteController
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.runtime.settings import RECENT_COMMANDS, Settings
from tests.controllers.support import Bench, Recorder, until
from tests.views.fakes import FakeWorkspace
from tests.views.gallery_data import catalogue

COMMANDS = (
    Command("add-files", "Add files…", "Do"),
    Command("sync", "Sync now", "Do"),
    Command("listings", "Listings", "Go to"),
    Command("search", "Search listings", "Go to"),
    Command("settings", "Settings", "Go to"),
    Command("offline", "Work offline", "Do"),
)


@pytest.mark.parametrize(
    ("typed", "name", "is_found"),
    [
        ("", "Anything", True),
        ("lis", "Search listings", True),
        ("LIST sea", "Search listings", True),
        ("stngs", "Settings", True),
        ("afl", "Add files", True),
        ("ts", "Sync", False),
        ("xq", "Search listings", False),
        ("search xq", "Search listings", False),
        ("cafe", "Open the Café", True),
    ],
)
def test_what_stands_for_a_name(typed: str, name: str, is_found: bool) -> None:
    assert (score(typed, name) is not None) is is_found


def test_a_beginning_goes_before_the_middle_and_that_before_scattered_letters() -> None:
    names = ("Resettle files", "Settings", "Open settings", "Send every test")
    ranked = sorted(names, key=lambda name: -(score("set", name) or 0))
    assert ranked[0] == "Settings"
    assert ranked[1] == "Open settings"
    assert ranked[2] == "Resettle files"


@given(st.text(max_size=20), st.text(max_size=40))
def test_any_text_has_a_score_or_none(typed: str, name: str) -> None:
    value = score(typed, name)
    assert value is None or value >= 0


@given(st.text(max_size=30))
def test_a_name_stands_for_itself(name: str) -> None:
    assert score(name, name) is not None


class Scene:
    def __init__(self, folder: Path, workspace: Any = None) -> None:
        self.bench = Bench()
        self.view = Recorder()
        self.preferences = Preferences(self.bench.tools, Settings(folder / "settings.json", {}))
        self.palette = PaletteController(
            self.bench.tools, self.preferences, self.view, COMMANDS, workspace
        )

    @property
    def found(self) -> list[str]:
        shown = self.view.shown.get("show_found")
        return [one.name for one in shown[-1][0]] if shown else []


def test_without_a_word_everything_is_shown_in_its_order(run_async: Any, tmp_path: Path) -> None:
    async def scene() -> None:
        made = Scene(tmp_path)
        made.palette.search("")
        assert made.found == [one.name for one in COMMANDS]
        made.palette.search("list")
        assert made.found == ["listings", "search"]
        await made.bench.close()

    run_async(scene())


def test_what_was_done_last_stands_first(run_async: Any, tmp_path: Path) -> None:
    async def scene() -> None:
        made = Scene(tmp_path)
        made.palette.remember(COMMANDS[5])
        await until(lambda: made.preferences.text(RECENT_COMMANDS) == "offline")
        made.palette.remember(COMMANDS[1])
        await until(lambda: made.preferences.text(RECENT_COMMANDS) == "sync offline")
        made.palette.search("")
        assert made.found[:3] == ["sync", "offline", "add-files"]
        made.palette.remember(Command("listing:abc", "A listing", "Listings"))
        assert "abc" not in made.preferences.text(RECENT_COMMANDS)
        await made.bench.close()

    run_async(scene())


def test_listings_follow_the_commands(run_async: Any, tmp_path: Path) -> None:
    async def scene() -> None:
        made = Scene(tmp_path, FakeWorkspace(catalogue()))
        made.palette.search("newsletter")
        wanted = next(row for row in catalogue() if "newsletter" in row.title.lower())
        await until(lambda: made.found == [f"listing:{wanted.id}"])
        await made.bench.close()

    run_async(scene())


def test_listings_for_an_older_word_are_not_shown(run_async: Any, tmp_path: Path) -> None:
    async def scene() -> None:
        made = Scene(tmp_path, FakeWorkspace(catalogue()))
        made.palette.search("newsletter")
        made.palette.search("sync")
        await made.bench.close()
        assert made.found == ["sync"]

    run_async(scene())


def test_listings_are_found_by_the_beginning_of_their_id_and_by_their_titles_first(
    run_async: Any, tmp_path: Path
) -> None:
    async def scene() -> None:
        rows = [*catalogue()]
        made = Scene(tmp_path, FakeWorkspace(rows))
        wanted = rows[3]
        made.palette.search(wanted.id.upper())
        await until(lambda: made.found == [f"listing:{wanted.id}"])
        [command] = made.view.last("show_found")[0]
        assert (command.text, command.hint) == (wanted.title, wanted.id)
        words = wanted.title.split()
        made.palette.search(" ".join(reversed(words)).lower())
        await until(lambda: f"listing:{wanted.id}" in made.found)
        await made.bench.close()

    run_async(scene())
