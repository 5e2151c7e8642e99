from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from koda_desktop.sync import saved_views
from koda_desktop.sync.rows import SortColumn
from koda_desktop.sync.saved_views import BUILT_IN, KEY, SavedView
from tests.sync.desk import Desk

OWN = SavedView(
    "Cheap",
    "price:<20 -tag:ai",
    ((SortColumn.PRICE, False), (SortColumn.TITLE, True)),
    (("title", 300), ("tags", 120)),
    "compact",
    filter_row=True,
)


def test_views_are_read_as_they_were_saved(desk: Desk) -> None:
    assert desk.store.read(saved_views.views) == BUILT_IN
    laid_out = replace(BUILT_IN[1], columns=(("price", 90),))
    every = (BUILT_IN[0], laid_out, *BUILT_IN[2:], OWN)
    desk.store.write(lambda tx: saved_views.save(tx, every))
    assert desk.store.read(saved_views.views) == every


@pytest.mark.parametrize(
    "saved", ["{", "3", "[3]", [{"name": "x"}], [{"name": "x", "filter": "", "sort": [["no", 1]]}]]
)
def test_what_cannot_be_read_is_left_out(desk: Desk, saved: Any) -> None:
    text = saved if isinstance(saved, str) else json.dumps(saved)
    sql = "INSERT INTO meta(key, value) VALUES (?, ?)"
    desk.store.write(lambda tx: tx.run(sql, (KEY, text)))
    assert desk.store.read(saved_views.views) == BUILT_IN


def test_a_view_of_an_older_version_has_no_row_of_fields(desk: Desk) -> None:
    old = {name: getattr(OWN, name) for name in ("name", "filter", "sort", "columns", "density")}
    sql = "INSERT INTO meta(key, value) VALUES (?, ?)"
    desk.store.write(lambda tx: tx.run(sql, (KEY, json.dumps([old]))))
    assert desk.store.read(saved_views.views)[-1] == replace(OWN, filter_row=False)


def test_the_filter_of_a_built_in_view_stays_what_it_is(desk: Desk) -> None:
    changed = [replace(view, filter="tag:n8n") for view in BUILT_IN]
    desk.store.write(lambda tx: saved_views.save(tx, changed))
    assert desk.store.read(saved_views.views) == BUILT_IN
