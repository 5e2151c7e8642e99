"""Stamps come in one reply, and by a cursor where that is not to be had."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from koda_desktop.marketplace.api import Stamp
from koda_desktop.runtime.clock import iso
from koda_desktop.services.mongodb.products import MongoProducts
from tests.services.mongodb.conftest import SELLER, Shop

NOW = datetime(2026, 11, 26, 14, 5, 59, 7000, tzinfo=UTC)


def stamps(products: MongoProducts) -> list[Stamp]:
    return list(products.stamps(str(SELLER), None, 1_000, ""))


def filled(shop: Shop, **odd: Any) -> list[Stamp]:
    """A dozen listings; the last is odd."""
    ids = [shop.add(updatedAt=NOW) for _ in range(12)]
    shop.set(ids[-1], **odd)
    return [Stamp(one, iso(NOW)) for one in ids]


@pytest.mark.parametrize("which", ["shop", "lone_shop"])
def test_they_are_told_by_either_kind_of_server(which: str, request: pytest.FixtureRequest) -> None:
    shop: Shop = request.getfixturevalue(which)
    wanted = filled(shop, title="B")
    assert stamps(shop.products) == wanted


def test_one_that_is_not_plain_has_them_all_decoded(shop: Shop) -> None:
    wanted = filled(shop, updatedAt="yesterday")
    assert stamps(shop.products) == [*wanted[:-1], Stamp(wanted[-1].listing_id, "yesterday")]


def test_a_line_that_breaks_once_is_no_fault(shop: Shop) -> None:
    wanted = filled(shop)
    shop.products.stamps(str(SELLER), None, 1, "")
    with shop.failing(failCommands=["find"], closeConnection=True):
        assert stamps(shop.products) == wanted
