from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from koda_desktop.controllers.listings import ListingsController
from koda_desktop.errors import InputError
from koda_desktop.sync.rows import ListingState, SortColumn
from koda_desktop.sync.saved_views import BUILT_IN, SavedView
from tests.controllers.support import Bench, Recorder, until
from tests.views.fakes import NOW, FakeWorkspace, make_row

Scene = Callable[[ListingsController, Recorder, FakeWorkspace], Awaitable[None]]


@pytest.fixture
def play(run_async: Any) -> Callable[[Scene], None]:
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
    controller.use(workspace)
    await until(lambda: view.times("show_counts"))
    try:
        await scene(controller, view, workspace)
    finally:
        await bench.close()


def shown(view: Recorder) -> list[int]:
    return [row.pk for row in view.last("show_first")[0]]


def test_a_view_and_what_is_typed_filter_together(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        c.search("invoice")
        await until(lambda: shown(view) == [1, 3])
        c.views.choose(4)
        await until(lambda: shown(view) == [3])
        assert view.last("show_views") == (BUILT_IN, 4)
        c.views.show_all()
        await until(lambda: shown(view) == [1, 2, 3])

    play(scene)


def test_archived_listings_are_counted_and_shown_only_where_that_is_asked(
    play: Callable[[Scene], None],
) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        archived = w.all_rows[3].id
        w.documents[archived] = {"deletedAt": "2026-01-01T00:00:00.000Z"}
        c.refresh()
        c.views.choose(0)
        await until(lambda: shown(view) == [1, 2])
        await until(lambda: view.last("show_counts") == ([2, 1, 0, 1, 0, 1, 1],))
        c.search("digest")
        await until(lambda: view.last("show_counts") == ([2, 1, 0, 1, 0, 1, 0],))
        c.search("invoice archived:yes,no")
        await until(lambda: shown(view) == [1, 3])
        await until(lambda: view.last("show_counts") == ([2, 1, 0, 1, 0, 1],))
        c.show_listing(archived)
        await until(lambda: view.last("show_views") == (BUILT_IN, 5))
        await until(lambda: shown(view) == [3])
        assert view.last("select_listing") == (archived,)
        c.show_listing(w.all_rows[1].id)
        await until(lambda: shown(view) == [1, 2])

    play(scene)


def test_half_a_word_is_told_and_what_stands_before_it_filters(
    play: Callable[[Scene], None],
) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        c.search("invoice price:")
        await until(lambda: shown(view) == [1, 3])
        assert isinstance(view.last("show_filter_problem")[0], InputError)
        c.search("invoice prise:<4 draft")
        assert "price" in str(view.last("show_filter_problem")[0])
        c.search("invoice price:<4")
        await until(lambda: shown(view) == [3])
        assert view.last("show_filter_problem") == (None,)

    play(scene)


def test_one_letter_to_be_left_out_waits_for_what_follows_it(
    play: Callable[[Scene], None],
) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        for text, found in (
            ("-vo", [2]),
            ("-v", [1, 2, 3]),
            ("-v ", [2]),
            ("invoice -v", [1, 3]),
            ("invoice -v reminder", []),
        ):
            c.search(text)
            assert view.last("show_filter_problem") == (None,)
            await until(lambda found=found: shown(view) == found)  # type: ignore[misc]
            assert c.views.text == text

    play(scene)


def test_a_view_keeps_filter_order_and_columns_over_a_restart(
    play: Callable[[Scene], None],
) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        c.search("invoice price:>2")
        c.sort(SortColumn.PRICE, False)
        await until(lambda: shown(view) == [3, 1])
        assert c.views.add("Dear invoices ") == ""
        c.views.lay_out([("title", 300), ("price", 90)], "compact", True)
        c.search("")
        await until(lambda: len(w.saved_views) == 7 and w.saved_views[6].density)
        c.use(w)
        await until(lambda: len(view.last("show_views")[0]) == 7)
        await until(lambda: view.last("show_counts")[0] == [3, 1, 0, 1, 1, 0, 2, 0])
        c.views.choose(6)
        await until(lambda: shown(view) == [3, 1])
        view_kept = view.last("show_views")[0][6]
        assert (view_kept.name, view_kept.columns) == (
            "Dear invoices",
            (("title", 300), ("price", 90)),
        )
        c.views.delete()
        await until(lambda: shown(view) == [3, 1, 2] or len(shown(view)) == 3)
        await until(lambda: len(w.saved_views) == 6)

    play(scene)


def test_what_is_done_before_the_saved_views_are_read_is_kept_with_them(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        may_read = threading.Event()
        own = SavedView("Mine", "status:draft")
        w.saved_views = (*BUILT_IN, own)
        read = w.views

        def views() -> tuple[SavedView, ...]:
            found = read()
            assert may_read.wait(5)
            return found

        monkeypatch.setattr(w, "views", views)
        c.use(w)
        c.sort(SortColumn.PRICE, False)
        await until(lambda: shown(view) == [2, 3, 1])
        may_read.set()
        await until(lambda: len(view.last("show_views")[0]) == 7)
        await until(lambda: w.saved_views[0].sort == ((SortColumn.PRICE, False),))
        assert w.saved_views[1:] == (*BUILT_IN[1:], own)
        assert c.query.sort == ((SortColumn.PRICE, False),)
        assert shown(view) == [2, 3, 1]

    play(scene)


def test_the_views_of_another_workspace_are_read_while_those_of_the_first_still_are(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        may_read = threading.Event()

        def slowly() -> tuple[SavedView, ...]:
            assert may_read.wait(5)
            return (*BUILT_IN, SavedView("Of the first"))

        monkeypatch.setattr(w, "views", slowly)
        c.use(w)
        other = FakeWorkspace([make_row(9, "Other")])
        other.saved_views = (*BUILT_IN, SavedView("Of the other"))
        c.use(other)
        await until(lambda: view.last("show_views")[0][-1].name == "Of the other")
        may_read.set()
        await until(lambda: shown(view) == [9])
        c.sort(SortColumn.PRICE, False)
        await until(lambda: other.saved_views[0].sort == ((SortColumn.PRICE, False),))
        assert other.saved_views[-1].name == "Of the other"

    play(scene)


def test_names_are_told_apart(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        assert "1 to 60" in c.views.add("  ")
        assert "already" in c.views.add("drafts")
        assert c.views.add("Mine") == ""
        assert "already" in c.views.rename("ALL")
        assert c.views.rename("mine") == ""
        assert c.views.current.name == "mine"

    play(scene)


def test_a_press_sorts_the_next_turns_round_and_shift_adds(play: Callable[[Scene], None]) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        def sort() -> Any:
            return c.views.current.sort

        c.sort(SortColumn.PRICE, False)
        assert sort() == ((SortColumn.PRICE, False),)
        c.sort(SortColumn.PRICE, False)
        assert sort() == ((SortColumn.PRICE, True),)
        c.sort(SortColumn.TITLE, True)
        assert sort() == ((SortColumn.PRICE, True), (SortColumn.TITLE, False))
        c.sort(SortColumn.TITLE, True)
        assert sort()[1] == (SortColumn.TITLE, True)
        c.sort(SortColumn.TITLE, True)
        assert sort() == ((SortColumn.PRICE, True),)
        c.sort(SortColumn.UPDATED, False)
        assert sort() == ((SortColumn.UPDATED, True),)

    play(scene)


def test_values_in_use_are_offered_once_they_have_been_read(
    play: Callable[[Scene], None],
) -> None:
    async def scene(c: ListingsController, view: Recorder, w: FakeWorkspace) -> None:
        c.complete("status:", 7)
        await until(lambda: view.times("show_known_values"))
        counts = {one.text: one.count for one in c.complete("status:", 7)}
        assert counts["draft"] == 1
        assert counts["waiting"] is None

    play(scene)
