"""Making what comes next on a thread of its own, while what came before is used."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def one_ahead(first: T, following: Callable[[], T | None]) -> Generator[T, None, None]:
    """``first``, then what ``following`` answers until that is None: made while one is used.

    What ``following`` raises is raised here. The thread ends with the generator: close that where
    it may be left before its end.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="koda-ahead") as pool:
        coming = pool.submit(following)
        yield first
        while (found := coming.result()) is not None:
            coming = pool.submit(following)
            yield found
