"""Fails a test for log records of WARNING or above that it did not expect, from any logger.

Allow one with the mark ``@pytest.mark.expected_logs("regular expression", ...)`` or, in the test
or a fixture, with ``expected_logs.allow("regular expression")``; ``expected_logs.records`` holds
everything that was logged, for assertions.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest


class ExpectedLogs:
    """The records of one test, and the patterns it allows. A pattern is searched in the message."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self.records: list[logging.LogRecord] = []
        self._patterns = list(patterns)

    def allow(self, *patterns: str) -> None:
        self._patterns.extend(patterns)

    def unexpected(self) -> list[logging.LogRecord]:
        return [record for record in self.records if not self._is_allowed(record)]

    def _is_allowed(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        return any(re.search(pattern, message) for pattern in self._patterns)


def _marked(node: pytest.Item) -> tuple[str, ...]:
    return tuple(p for mark in node.iter_markers("expected_logs") for p in mark.args)


@pytest.fixture(autouse=True)
def expected_logs(request: pytest.FixtureRequest) -> Iterator[ExpectedLogs]:
    """Watches the making of records, so that no level of propagation hides one."""
    watch = ExpectedLogs(_marked(request.node))
    make = logging.getLogRecordFactory()

    def make_and_keep(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if record.levelno >= logging.WARNING:
            watch.records.append(record)
        return record

    logging.setLogRecordFactory(make_and_keep)
    yield watch
    logging.setLogRecordFactory(make)
    stray = [f"{r.levelname} {r.name}: {r.getMessage()}" for r in watch.unexpected()]
    if stray:
        pytest.fail("stray log records:\n" + "\n".join(stray), pytrace=False)
