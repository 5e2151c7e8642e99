"""Fails a test for threads that it started and that outlive it.

Daemon threads and pool workers count as well. A thread gets a moment to come to its end. Threads
that belong to something shared by many tests are named in ``SHARED`` or by the mark
``@pytest.mark.leaves_threads("regular expression", ...)``.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator

import pytest

GRACE_SECONDS = 2.0

SHARED = (
    # Idle helpers of a server's event loop; they end with the loop, which a session fixture owns.
    r"AnyIO worker thread",
    r"asyncio_\d+",
    # Monitors of a MongoClient. One left open is told by its ResourceWarning, which is an error.
    r"pymongo_",
)


@pytest.fixture(autouse=True)
def no_leftover_threads(request: pytest.FixtureRequest) -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    marked = [p for mark in request.node.iter_markers("leaves_threads") for p in mark.args]
    allowed = re.compile("|".join(f"(?:{pattern})" for pattern in (*SHARED, *marked)))
    left = leftover(before, allowed, GRACE_SECONDS)
    if left:
        names = ", ".join(sorted(thread.name for thread in left))
        pytest.fail(f"threads left after the test: {names}", pytrace=False)


def leftover(
    before: Iterable[threading.Thread], allowed: re.Pattern[str], grace: float
) -> list[threading.Thread]:
    """The threads that were not there ``before`` and live after ``grace`` seconds."""
    known = set(before)
    deadline = time.monotonic() + grace
    left = []
    for thread in threading.enumerate():
        if thread in known or allowed.match(thread.name) or _is_foreign(thread):
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            left.append(thread)
    return left


def _is_foreign(thread: threading.Thread) -> bool:
    """Threads not made by Python (Qt's) stay listed for good once they ran Python code."""
    return isinstance(thread, threading._DummyThread)
