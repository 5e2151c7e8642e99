"""A store file of many made-up listings for ``bench_table``, kept under ``build/`` for next time.

Titles and descriptions are drawn from a vocabulary whose words are as unequally common as those of
a language, so that a short word finds a large part of all listings and a long one a few.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw

from koda_desktop.models.vocabulary import Category, Platform
from koda_desktop.runtime.clock import iso
from koda_desktop.sync import entities
from koda_desktop.sync.entities import NewEntity, StagedFile
from koda_desktop.sync.rows import ListingState
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.schema import MIGRATIONS
from koda_desktop.sync.store.store import Store

FOLDER = Path(__file__).resolve().parent.parent / "build" / "bench"
_BATCH = 20_000
_START = datetime(2024, 1, 1, tzinfo=UTC)
_SYLLABLES = (
    "ba",
    "co",
    "dri",
    "el",
    "fa",
    "gra",
    "hi",
    "ja",
    "ko",
    "lu",
    "ma",
    "no",
    "pra",
    "ste",
)
_APPS = ("Slack", "Gmail", "Sheets", "Notion", "Airtable", "Stripe", "Telegram", "HubSpot", "Jira")
_TAGS = ("n8n", "ai", "crm", "email", "slack", "sales", "daily", "leads", "reports", "support")


def table_store(listings: int, archived: int = 0) -> Path:
    """The path of a store with that many listings, made unless it is there already.

    So many of a hundred are ``archived``.
    """
    share = f"-archived-{archived}" if archived else ""
    path = FOLDER / f"table-{listings}{share}-{len(MIGRATIONS)}.sqlite"
    if not path.exists():
        began = time.perf_counter()
        _make(path, listings, archived)
        print(f"made {path.name} in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return path


def _make(path: Path, listings: int, archived: int) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".making")
    unfinished.unlink(missing_ok=True)
    store = Store(unfinished, derive_touched)
    made = _entities(listings, archived)
    for start in range(0, listings, _BATCH):
        some = [next(made) for _ in range(min(_BATCH, listings - start))]
        store.write(lambda tx, some=some: entities.insert(tx, some), durable=False)  # type: ignore[misc]
    store.close()
    _finish(unfinished)
    unfinished.rename(path)


_INDEX_ROWS = """
  INSERT INTO listing_fts(rowid, title, description, tags, integrations)
  SELECT pk, title, doc ->> '$.description', tags, integrations
  FROM entity JOIN document USING (pk)"""
_INDEX_ALL = (
    _INDEX_ROWS,
    "DELETE FROM listing_fts_pending",
    "INSERT INTO listing_fts(listing_fts) VALUES ('optimize')",
)


def _finish(path: Path) -> None:
    """All words are in the index, as after a while at rest; some listings wait or are refused."""
    connection = apsw.Connection(str(path))
    for statement in _INDEX_ALL:
        connection.execute(statement)
    for state, each in ((ListingState.WAITING, 40), (ListingState.REFUSED, 333)):
        connection.execute(
            "UPDATE entity SET state = ? WHERE pk % ? = 7 AND is_at_server", (state.value, each)
        )
    connection.pragma("wal_checkpoint", "truncate")
    connection.close()


def _entities(listings: int, archived: int) -> Iterator[NewEntity]:
    chance = random.Random(listings)
    words = _vocabulary(chance)
    weights = [1 / (place + 4) for place in range(len(words))]
    pool = chance.choices(words, weights, k=1 << 20)
    for number in range(listings):
        yield _entity(number, chance, pool, is_archived=number * 7_919 % 100 < archived)


def _vocabulary(chance: random.Random) -> list[str]:
    words = {"".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(30_000)}
    return sorted(words, key=lambda word: (len(word) > 6, hashlib.md5(word.encode()).digest()))


def _entity(number: int, chance: random.Random, pool: list[str], *, is_archived: bool) -> NewEntity:
    listing_id = f"{number:024x}"
    at = chance.randrange(len(pool) - 40)
    moment = iso(_START + timedelta(seconds=chance.randrange(80_000_000)))
    source, target = chance.choices(_APPS, k=2)
    title = f"{pool[at].title()} {pool[at + 1]} from {source} to {target}"
    document = {
        "_id": listing_id,
        "title": title,
        "description": " ".join(pool[at + 2 : at + 22]).capitalize() + ".",
        "price": chance.randrange(80) + 0.99 if number % 9 else 0,
        "category": chance.choice([*Category]).value,
        "tags": chance.sample(_TAGS, 3),
        "platform": chance.choice([*Platform]).value,
        "version": f"1.{number % 20}.0",
        "sellerId": "5f0000000000000000000001",
        "productType": "Automation",
        "active": number % 12 != 0,
        "deletedAt": moment if is_archived else None,
        "metadata": {"integrations": [source, target]},
    }
    name = f"{pool[at]}-{pool[at + 1]}.json"
    file = StagedFile(name, "application/json", 900 + number % 9_000, "")
    return NewEntity(listing_id, document, file, moment, moment if number % 5 else None)
