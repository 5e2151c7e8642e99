from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from koda_desktop.controllers.listings import ListingsController
from koda_desktop.errors import StoreFault
from koda_desktop.sync.rows import (
    Changes,
    ListingQuery,
    ListingRow,
    ListingState,
    SortColumn,
)
from tests.controllers.support import Bench, Recorder, until
from tests.views.fakes import NOW, FakeWorkspace, make_row

Scene = Callable[[ListingsController, Recorder, FakeWorkspace, Bench], Awaitable[None]]


@pytest.fixture
def play(run_async: Any) -> Callable[[Scene], None]:
    """Run a scene with a controller over three made-up listings."""

    def run(scene: Scene) -> None:
        run_async(_staged(scene))

    return run


async def _staged(scene: Scene) -> None:
    bench, view = Bench(), Recorder()
    workspace = FakeWorkspace(
        [
            make_row(1, "Invoice reminder", price_minor=500),
            make_row(2, "Sales digest", state=ListingState.PUBLISHED, price_minor=100),
            make_row(3, "Invoice archive", state=ListingState.REFUSED, price_minor=300),
        ]
    )
    controller = ListingsController(bench.tools, view, lambda: NOW)
    bench.tools.feed.follow(workspace)
    controller.use(workspace)
    await until(lambda: view.times("show_counts"))
    try:
        await scene(controller, view, workspace, bench)
    finally:
        await bench.close()


def shown(view: Recorder) -> list[int]:
    return [row.pk for row in view.last("show_first")[0]]


def test_shows_keys_and_counts_of_each_filter(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        assert [row.pk for row in view.last("show_first")[0]] == [1, 2, 3]
        assert view.last("show_first")[2]
        assert view.last("show_counts")[0] == [3, 1, 0, 1, 1, 0, 0]

    play(scene)


def test_two_screens_full_are_asked_for_first(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        asked: list[int] = []
        read = w.first_rows

        def first_rows(query: ListingQuery, most: int, *others: Any) -> list[ListingRow]:
            asked.append(most)
            return read(query, most, *others)

        monkeypatch.setattr(w, "first_rows", first_rows)
        for view.sight in (3, 77):
            c.search(f"invoice {view.sight}")
        await until(lambda: len(asked) == 2)
        assert asked == [30, 154]

    play(scene)


def test_searches_filters_and_sorts_together(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.search("invoice")
        c.sort(SortColumn.PRICE, False)
        await until(lambda: shown(view) == [3, 1])
        assert c.query.sort == ((SortColumn.PRICE, False),)
        c.views.choose(1)
        await until(lambda: shown(view) == [1])
        assert view.last("show_first")[1] == c.query

    play(scene)


def test_a_late_answer_to_an_older_question_is_dropped(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        before = view.times("show_first")
        for text in ("i", "in", "sales"):
            c.search(text)
        await until(lambda: view.times("show_first") > before)
        words = {
            args[1].filter.terms[-1].tests[0].text for args in view.shown["show_first"][before:]
        }
        assert words == {"sales"}

    play(scene)


def test_reads_on_the_stores_pool_alone(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.open_listing(make_row(1).id)
        c.want_rows([1, 2, 3])
        await until(lambda: view.times("show_detail") and view.times("show_rows"))
        assert all(name.startswith("koda-store") for name in w.reading_threads)

    play(scene)


def test_a_change_of_the_open_listing_shows_it_again(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.open_listing(make_row(2).id)
        await until(lambda: view.times("show_detail"))
        w.all_rows[2] = replace(w.all_rows[2], title="Renamed elsewhere")
        w.tell(Changes(listings=frozenset({make_row(2).id})))
        await until(lambda: view.last("show_detail")[0].row.title == "Renamed elsewhere")
        assert view.last("forget_rows")[0] == frozenset({make_row(2).id})

    play(scene)


def test_what_was_typed_survives_looking_at_another_listing(
    play: Callable[[Scene], None],
) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        first = make_row(1).id
        c.edit(first, {"title": "Better"})
        c.open_listing(make_row(2).id)
        await until(lambda: view.times("show_edit") == 1)
        assert view.last("show_edit") == (make_row(2).id, {})
        c.open_listing(first)
        await until(lambda: view.times("show_edit") == 2)
        assert view.last("show_edit") == (first, {"title": "Better"})
        assert c.unsaved == 1

    play(scene)


def test_publishing_saves_what_was_typed_first(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        listing = make_row(1).id
        c.edit(listing, {"title": "Better"})
        c.publish([listing])
        await until(lambda: ("wake",) in w.calls)
        assert w.calls == [
            ("edit", listing, {"title": "Better"}),
            ("publish", (listing,)),
            ("wake",),
        ]
        assert c.unsaved == 0

    play(scene)


def test_a_wrong_field_is_shown_and_nothing_is_published(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.edit(make_row(1).id, {"title": ""})
        c.publish([make_row(1).id])
        await until(lambda: view.times("show_field_problems"))
        assert view.last("show_field_problems")[0] == {"title": "This is needed."}
        await until(lambda: not b.tools.background.is_running("listings.publish"))
        assert w.calls == []
        assert c.unsaved == 1

    play(scene)


def test_a_fault_of_the_store_is_shown_in_the_page(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        w.fault = StoreFault("The local store is locked.")
        c.refresh()
        await until(lambda: view.times("show_fault"))
        assert view.last("show_fault")[0].what == "The local store is locked."

    play(scene)


def test_a_listing_deleted_while_open_closes_the_inspector(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace, b: Bench) -> None:
        c.open_listing(make_row(1).id)
        await until(lambda: view.times("show_detail"))
        closed = view.times("show_nothing_open")
        c.delete_draft(make_row(1).id)
        await until(lambda: view.times("show_nothing_open") > closed)
        await until(lambda: view.times("show_keys") and len(view.last("show_keys")[0]) == 2)
        assert sorted(view.last("show_keys")[0]) == [2, 3]

    play(scene)
