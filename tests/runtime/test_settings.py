from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import DiskFull, UsageError
from koda_desktop.runtime import settings
from koda_desktop.runtime.settings import (
    DENSITY,
    DOWNLOAD_FOLDER,
    NOTIFICATIONS,
    SETTINGS,
    THEME,
    Settings,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_nothing_saved_means_defaults(file: Path) -> None:
    loaded = Settings.load(file)
    assert [loaded.get(each) for each in SETTINGS] == [each.default for each in SETTINGS]
    assert loaded.problem == ""
    assert not file.exists()


def test_a_change_is_there_at_the_next_start(file: Path) -> None:
    Settings.load(file).set(THEME, "dark")
    again = Settings.load(file)
    again.set(NOTIFICATIONS, False)
    assert (again.get(THEME), again.get(NOTIFICATIONS), again.get(DENSITY)) == (
        "dark",
        False,
        "comfortable",
    )
    assert Settings.load(file).get(NOTIFICATIONS) is False


def test_keys_of_other_versions_survive(file: Path) -> None:
    file.write_text('{"from_the_future": {"a": [1, 2]}, "theme": "light"}')
    Settings.load(file).set(DENSITY, "compact")
    assert json.loads(file.read_text()) == {
        "from_the_future": {"a": [1, 2]},
        "theme": "light",
        "density": "compact",
    }


@pytest.mark.parametrize("value", ["purple", 3, None, ["dark"], True])
def test_a_saved_value_that_does_not_fit_gives_the_default(file: Path, value: object) -> None:
    file.write_text(json.dumps({"theme": value}))
    assert Settings.load(file).get(THEME) == "system"


def test_a_number_is_not_a_yes(file: Path) -> None:
    file.write_text('{"notifications": 0}')
    assert Settings.load(file).get(NOTIFICATIONS) is True


def test_a_value_outside_the_choices_is_refused(file: Path) -> None:
    loaded = Settings.load(file)
    with pytest.raises(UsageError, match="Theme") as caught:
        loaded.set(THEME, "purple")
    assert "light" in caught.value.remedy
    assert not file.exists()


def test_a_value_of_another_type_is_refused(file: Path) -> None:
    with pytest.raises(UsageError, match="Download folder"):
        Settings.load(file).set(DOWNLOAD_FOLDER, 5)  # type: ignore[type-var]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff\xfe\x00",
        b"null",
        b"[" * 100_000,
        b'{"a": "%s"}' % (b"x" * 1_000_000),
    ],
)
def test_a_damaged_file_is_put_aside_and_told(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    loaded = Settings.load(file)
    (aside,) = file.parent.glob("settings.damaged-*.json")
    assert aside.read_bytes() == content
    assert aside.name in loaded.problem
    loaded.set(THEME, "dark")
    assert Settings.load(file).get(THEME) == "dark"
    assert aside.read_bytes() == content


@given(st.binary(max_size=200))
def test_any_bytes_load(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("s") / "settings.json"
    file.write_bytes(content)
    loaded = Settings.load(file)
    assert THEME.accepts(loaded.get(THEME))
    kept = [each.read_bytes() for each in file.parent.iterdir()]
    assert kept == [content]


def test_what_cannot_be_saved_is_not_in_force(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Settings.load(file)
    loaded.set(THEME, "light")

    def full(*_: Any, **__: Any) -> None:
        raise DiskFull("The disk is full.")

    monkeypatch.setattr(settings, "write_atomically", full)
    with pytest.raises(DiskFull):
        loaded.set(THEME, "dark")
    assert loaded.get(THEME) == "light"
    assert Settings.load(file).get(THEME) == "light"


@given(st.text(max_size=50))
def test_any_text_round_trips(tmp_path_factory: pytest.TempPathFactory, folder: str) -> None:
    file = tmp_path_factory.mktemp("s") / "settings.json"
    Settings.load(file).set(DOWNLOAD_FOLDER, folder)
    assert Settings.load(file).get(DOWNLOAD_FOLDER) == folder


def test_declarations_are_sound() -> None:
    assert len({each.key for each in SETTINGS}) == len(SETTINGS)
    assert all(each.accepts(each.default) for each in SETTINGS)
    assert all(each.label and each.group for each in SETTINGS)
