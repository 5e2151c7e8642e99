from __future__ import annotations

from pathlib import Path

from koda_desktop.controllers.needs import BuyerNeeds, needs_in, needs_of
from koda_desktop.workflows.inspect import inspect_path
from tests.views.gallery_data import dropped


def test_what_a_script_needs_is_named(tmp_path: Path) -> None:
    needs = needs_of(inspect_path(dropped(tmp_path, "sync.py")[0]))
    assert needs.apps == ("OpenAI",)
    assert set(needs.credentials) == {"OPENAI_API_KEY", "BOOKS_URL"}
    assert needs.packages == ("httpx>=0.27", "openai")
    assert needs.platform_version == "Python >=3.11"
    assert needs.code_languages == ("Python",)
    assert needs.setup_steps


def test_a_stored_report_says_what_its_inspection_said(tmp_path: Path) -> None:
    inspection = inspect_path(dropped(tmp_path, "a.json")[0])
    assert needs_in(inspection.as_json()) == needs_of(inspection)


def test_a_report_of_an_older_version_says_less() -> None:
    needs = needs_in({"credentials": ["gmailOAuth2"], "integrations": None})
    assert needs == BuyerNeeds(credentials=("gmailOAuth2",))
    assert needs_in({}).is_empty
