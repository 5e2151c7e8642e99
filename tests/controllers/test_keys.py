"""Keys of actions: a person's choices over the defaults, remembered."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.controllers.keys import KeyBindings
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.runtime.settings import SHORTCUTS, Settings
from tests.controllers.support import Bench, until

DEFAULTS = {"add": ("Ctrl+N", "Ctrl+O"), "sync": ("F5",), "quit": ("Ctrl+Q",), "mute": ()}


class Chosen(Preferences):
    """Preferences that hold what was chosen without a disk."""

    def __init__(self, text: str = "") -> None:
        super().__init__(Bench().tools, Settings(Path("unused"), {}))
        self.kept = text

    def text(self, setting: Any) -> str:
        return self.kept

    def choose(self, setting: Any, value: str) -> None:
        assert setting is SHORTCUTS
        self.kept = value


def _all(bindings: KeyBindings) -> list[str]:
    return [key for name in DEFAULTS for key in bindings.of(name)]


def test_nothing_chosen_is_the_defaults() -> None:
    bindings = KeyBindings(Chosen(), DEFAULTS)
    assert {name: bindings.of(name) for name in DEFAULTS} == DEFAULTS
    assert not bindings.any_changed
    assert bindings.holder("F5") == "sync"
    assert bindings.holder("F6") is None


def test_a_key_is_taken_from_whatever_had_it() -> None:
    bindings = KeyBindings(Chosen(), DEFAULTS)
    bindings.bind("sync", "Ctrl+O")
    assert bindings.of("sync") == ("Ctrl+O",)
    assert bindings.of("add") == ("Ctrl+N",)
    assert bindings.holder("F5") is None


def test_its_own_keys_come_back_from_whatever_took_them() -> None:
    bindings = KeyBindings(Chosen(), DEFAULTS)
    bindings.bind("mute", "F5")
    bindings.bind("sync", "F6")
    bindings.reset("sync")
    assert bindings.of("sync") == ("F5",)
    assert bindings.of("mute") == ()
    assert not bindings.any_changed


def test_an_action_can_be_left_without_keys() -> None:
    kept = Chosen()
    KeyBindings(kept, DEFAULTS).bind("quit", "")
    again = KeyBindings(kept, DEFAULTS)
    assert again.of("quit") == ()
    again.reset_all()
    assert kept.kept == ""
    assert again.of("quit") == ("Ctrl+Q",)


def test_chosen_keys_stay_where_another_version_gives_them_to_another_action() -> None:
    kept = Chosen()
    KeyBindings(kept, DEFAULTS).bind("mute", "F6")
    again = KeyBindings(kept, DEFAULTS | {"add": ("F6", "Ctrl+O"), "sync": ("Ctrl+N",)})
    assert again.of("mute") == ("F6",)
    assert again.of("add") == ("Ctrl+O",)
    assert again.of("sync") == ("Ctrl+N",)
    assert again.holder("F6") == "mute"
    again.reset("add")
    assert again.of("add") == ("F6", "Ctrl+O")
    assert again.of("mute") == ()


def test_names_of_a_newer_version_are_kept() -> None:
    kept = Chosen('{"fly": ["F9"], "sync": ["F8"]}')
    KeyBindings(kept, DEFAULTS).bind("quit", "F4")
    assert kept.kept == '{"fly": ["F9"], "quit": ["F4"], "sync": ["F8"]}'


@given(st.text() | st.sampled_from(["[]", "{", '{"sync": "F8"}', '{"sync": [1]}', "null", "3"]))
def test_text_that_cannot_be_read_is_the_defaults(text: str) -> None:
    bindings = KeyBindings(Chosen(text), DEFAULTS)
    assert {name: bindings.of(name) for name in DEFAULTS} == DEFAULTS


KEYS = ("Ctrl+N", "Ctrl+O", "F5", "Ctrl+Q", "F6", "")
STEPS = st.one_of(
    st.tuples(st.just("bind"), st.sampled_from(sorted(DEFAULTS)), st.sampled_from(KEYS)),
    st.tuples(st.just("reset"), st.sampled_from(sorted(DEFAULTS))),
    st.tuples(st.just("reset_all")),
)


@given(st.lists(STEPS, max_size=20))
def test_no_key_ever_starts_two_actions_and_all_is_remembered(steps: list[tuple[str, ...]]) -> None:
    kept = Chosen()
    bindings = KeyBindings(kept, DEFAULTS)
    for verb, *args in steps:
        getattr(bindings, verb)(*args)
        assert len(_all(bindings)) == len(set(_all(bindings)))
        again = KeyBindings(kept, DEFAULTS)
        assert all(again.of(name) == bindings.of(name) for name in DEFAULTS)
    bindings.reset_all()
    assert {name: bindings.of(name) for name in DEFAULTS} == DEFAULTS


def test_choices_reach_the_disk(run_async: Any, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"

    async def scene() -> None:
        bench = Bench()
        bindings = KeyBindings(Preferences(bench.tools, Settings.load(file)), DEFAULTS)
        bindings.bind("sync", "F8")
        bindings.bind("quit", "F7")
        await until(lambda: file.exists() and "F7" in file.read_text())
        await asyncio.sleep(0)
        await bench.close()
        again = KeyBindings(Preferences(bench.tools, Settings.load(file)), DEFAULTS)
        assert again.of("sync") == ("F8",)
        assert again.of("quit") == ("F7",)

    run_async(scene())
