"""Lists a page at a time, and ids expanded into the objects they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from koda_desktop.services.sandbox.stripe.errors import invalid, missing
from koda_desktop.services.sandbox.stripe.wire import Json
from koda_desktop.services.sandbox.stripe.world import World

_DEFAULT, _MOST = 10, 100
_DEEPEST = 4


def page(
    items: Iterable[Json],
    url: str,
    fields: Mapping[str, Any],
    keep: Callable[[Json], bool] = lambda _: True,
) -> Json:
    """One page of ``items`` (newest first) as a list object."""
    limit = fields.get("limit", _DEFAULT)
    if not 1 <= limit <= _MOST:
        raise invalid(f"Invalid limit: must be between 1 and {_MOST}", "limit")
    kept = (item for item in items if keep(item))
    before = fields.get("ending_before")
    if before is not None:
        return _list(_last_before(list(kept), before, limit), url)
    found = _after(kept, fields.get("starting_after"), limit + 1)
    return _list((found[:limit], len(found) > limit), url)


def _list(part: tuple[list[Json], bool], url: str) -> Json:
    data, has_more = part
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _after(items: Iterable[Json], after: str | None, count: int) -> list[Json]:
    found: list[Json] = []
    is_reached = after is None
    for item in items:
        if is_reached:
            found.append(item)
            if len(found) == count:
                break
        elif item["id"] == after:
            is_reached = True
    if not is_reached:
        raise missing("object", str(after), "starting_after")
    return found


def _last_before(items: list[Json], before: str, limit: int) -> tuple[list[Json], bool]:
    """The ``limit`` items right before the one named, in the list's own order."""
    places = [place for place, item in enumerate(items) if item["id"] == before]
    if not places:
        raise missing("object", before, "ending_before")
    start = max(0, places[0] - limit)
    return items[start : places[0]], start > 0


def within(wanted: Mapping[str, int] | None, value: int) -> bool:
    """Whether ``value`` lies in a range of gt, gte, lt and lte."""
    tests: dict[str, Callable[[int], bool]] = {
        "gt": lambda bound: value > bound,
        "gte": lambda bound: value >= bound,
        "lt": lambda bound: value < bound,
        "lte": lambda bound: value <= bound,
    }
    return all(tests[name](bound) for name, bound in (wanted or {}).items())


def embedded(items: list[Json], url: str) -> Json:
    """A list inside another object."""
    return {
        "object": "list",
        "data": items[:_DEFAULT],
        "has_more": len(items) > _DEFAULT,
        "url": url,
    }


def expand(world: World, body: Json, paths: Iterable[str]) -> Json:
    """``body`` with the ids at ``paths`` replaced by their objects."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST + 1:
            raise invalid(f"You cannot expand more than {_DEEPEST} levels of a property: {path}")
        is_list = body.get("object") == "list"
        _expand(world, body, parts[1:] if is_list and parts[0] == "data" else parts, path)
    return body


def _expand(world: World, place: Any, parts: list[str], path: str) -> None:
    if isinstance(place, dict) and place.get("object") == "list":
        for item in place["data"]:
            _expand(world, item, parts, path)
        return
    if not parts or not isinstance(place, dict):
        return
    name, *rest = parts
    if name in _INCLUDABLE.get(str(place.get("object")), ()):
        place[name] = _included(world, place, name)
    elif name not in place:
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    elif isinstance(place[name], str):
        place[name] = world.any(place[name])
    _expand(world, place[name], rest, path)


_INCLUDABLE = {"checkout.session": ("line_items",), "charge": ("refunds",)}
"""Lists that an object only shows when asked to."""


def _included(world: World, owner: Json, name: str) -> Json:
    if name == "line_items":
        url = f"/v1/checkout/sessions/{owner['id']}/line_items"
        return embedded(world.store.fact(f"lines:{owner['id']}") or [], url)
    refunds = [one for one in world.store.all("refund") if one["charge"] == owner["id"]]
    return embedded(refunds, f"/v1/charges/{owner['id']}/refunds")
