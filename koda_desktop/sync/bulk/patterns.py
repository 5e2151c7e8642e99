"""Regular expressions run in a child process, which is ended when they take too long."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from koda_desktop.errors import InputError
from koda_desktop.runtime.child import Child, ChildEnded, answer_questions
from koda_desktop.sync.bulk.replacing import Search, compiled, replace_here

TASK = "replace"
SECONDS = 5.0
"""How long one call may take: a thousand texts are done in a few milliseconds."""


class Patterns:
    """A ``Replacer`` for regular expressions; keeps its process for the next call. Close it."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: Child | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Patterns:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __call__(self, search: Search, texts: Sequence[str]) -> list[str | None]:
        """See ``Replacer``. Raises InputError for a pattern that takes too long."""
        if not search.is_regex:
            return replace_here(search, texts)
        with self._lock:
            answer = self._ask((search, list(texts)))
        if isinstance(answer, InputError):
            raise answer
        return list(answer)

    def _ask(self, question: Any) -> Any:
        if self._child is None:
            self._child = Child(TASK)
            self._child.ask(None)
        child, was_late = self._child, threading.Event()

        def end() -> None:
            was_late.set()
            child.kill()

        timer = threading.Timer(self._seconds, end)
        timer.start()
        try:
            return child.ask(question)
        except ChildEnded:
            self._child = None
            raise _too_slow() if was_late.is_set() else _failed() from None
        finally:
            timer.cancel()
            timer.join()

    def close(self) -> None:
        """End the process. Safe to call twice."""
        with self._lock:
            if self._child is not None:
                self._child.close()
                self._child = None


def _too_slow() -> InputError:
    return InputError(
        "This regular expression takes too long: it was stopped.",
        remedy="Avoid repeats inside repeats, such as (a+)+; look for fewer characters.",
        facts={"fields": {"find": "It takes too long."}},
    )


def _failed() -> InputError:
    return InputError("The regular expression could not be run on this computer.")


def serve() -> int:
    """Be the child: see ``runtime.child``."""
    return answer_questions(_answer)


def _answer(question: tuple[Search, list[str]]) -> Any:
    search, texts = question
    try:
        compiled(search)
        return replace_here(search, texts)
    except InputError as error:
        return InputError(error.what, remedy=error.remedy, facts=error.facts)
