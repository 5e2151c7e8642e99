"""Stripe's secret keys are told apart from everything else, and never read from a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from koda_desktop.errors import UsageError
from koda_desktop.runtime.settings import DOWNLOAD_FOLDER, THEME, Settings
from koda_desktop.runtime.written_keys import holds_key

KEY = "rk_" + "live_51Abcdefgh12345678"


@pytest.mark.parametrize(
    "value",
    [
        "sk_" + "test_4eC39HqLyjWDarjtT1zdp7dc",
        f"key: {KEY}",
        {"stripe": {"keys": ["", KEY]}},
        {KEY: 1},
        ["whsec_" + "abcdefgh12345678"],
    ],
)
def test_a_secret_key_is_found_wherever_it_stands(value: object) -> None:
    assert holds_key(value)


@pytest.mark.parametrize(
    "value",
    ["pk_live_51Abcdefgh12345678", "task_test_of_something", "risk_live_2024abcdef", 7, None, {}],
)
def test_nothing_else_is_taken_for_one(value: object) -> None:
    assert not holds_key(value)


def test_settings_with_a_key_are_read_without_it_and_written_without_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    escaped = KEY.replace("r", "\\u0072", 1)
    file.write_text(f'{{"theme": "dark", "stripe": {{"key": "{escaped}"}}}}')
    loaded = Settings.load(file)
    assert "settings.json holds a secret key" in loaded.problem
    assert "keyring" in loaded.problem
    assert KEY not in loaded.problem
    assert loaded.get(THEME) == "dark"
    loaded.set(THEME, "light")
    assert json.loads(file.read_text()) == {"theme": "light"}
    assert Settings.load(file).problem == ""


def test_a_key_is_not_saved_as_a_setting(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    with pytest.raises(UsageError, match="Download folder") as caught:
        Settings.load(file).set(DOWNLOAD_FOLDER, f"/home/me/{KEY}")
    assert KEY not in str(caught.value)
    assert not file.exists()
