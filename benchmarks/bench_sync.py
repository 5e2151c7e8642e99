"""Keeping up with 100,000 listings over a real mongod, beside the bare loops it cannot do without.

- cold: everything read into an empty store, beside a loop that finds the same documents and inserts
  them as JSON into a table with three indexes, checking nothing and making nothing searchable;
- again: an unchanged marketplace compared with the store (the audit);
- push: 10,000 queued edits drained, with the round trips of each batch of 500 counted;
- edit: how long one edit takes until it is durable;
- frames: a window with the Listings page repaints while another cold sync runs in its process.

Run with ``--listings N`` for another size, ``--only cold,edit`` for some of it.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
import pymongo
from bson import ObjectId
from pymongo.monitoring import CommandListener, CommandStartedEvent

from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.runtime.work import CancelToken
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.indexes import create_indexes
from koda_desktop.services.mongodb.products import MongoProducts
from koda_desktop.services.mongodb.users import MongoUsers
from koda_desktop.services.sandbox.mongod import Mongod
from koda_desktop.sync import feed_state
from koda_desktop.sync.engine import pulling
from koda_desktop.sync.engine.parts import Parts, Session
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfers.http import HttpCarrier

SELLER = ObjectId("a" * 24)
DATABASE = "koda"
RUNS = 3
_WORDS = (
    "read mail write sheet send note when form comes post slack message every hour check stock "
    "price report customer order invoice sync contact calendar event remind team daily summary"
).split()
