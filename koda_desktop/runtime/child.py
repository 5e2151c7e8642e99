"""A second process of this program that answers questions, one at a time, over its pipes.

Used where another core helps, and where Qt is needed and must not be loaded here. A child never
sees Ctrl+C: it ends when its parent closes the pipe, or is gone. It does not look for modules in
the current folder, which may hold anything. Questions and answers are pickled: both ends are this
same program, and nobody else has the pipe.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, cast

_WINDOW = "koda-desktop"
_SECONDS_TO_END = 10


class ChildEnded(Exception):
    """The child ended before it answered: killed, crashed, or never able to start.

    ``said`` is what it wrote to its standard error.
    """

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"the process ended with code {code}")
        self.code = code
        self.said = said


class Child:
    """One process that answers what ``koda-desktop --serve TASK`` answers. Raises ChildEnded."""

    def __init__(self, task: str, environ: Mapping[str, str] | None = None) -> None:
        # A file, not a pipe: nobody reads it in time, and a full pipe would stop the child.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        try:
            self._process = subprocess.Popen(
                [*_program(), "--serve", task],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**os.environ, **(environ or {})},
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            self._errors.close()
            raise ChildEnded(error.errno or 1, str(error)) from None
        self._questions = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    def ask(self, question: Any) -> Any:
        """The answer to ``question``. None is answered by None, as soon as the child is ready."""
        self.send(question)
        return self.receive()

    def send(self, question: Any) -> bool:
        """Ask without waiting, True: ``receive`` must follow before the next question."""
        try:
            pickle.dump(question, self._questions, pickle.HIGHEST_PROTOCOL)
            self._questions.flush()
            return True
        except (OSError, ValueError):
            raise ChildEnded(*self._end()) from None

    def receive(self) -> Any:
        """The answer to what was sent."""
        try:
            return pickle.load(self._answers)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            raise ChildEnded(*self._end()) from None

    def _end(self) -> tuple[int, str]:
        """Its exit code and what it said, once it has ended by itself or was made to."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        self.kill()
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip()
        self.close()
        return self._process.returncode, said

    def kill(self) -> None:
        """End it now, whatever it does. From any thread."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it and give its pipes back; nobody may be asking it just then."""
        self.kill()
        for stream in (self._questions, self._answers, self._errors):
            # Words for a child that is gone may still wait in the pipe to it.
            with contextlib.suppress(OSError):
                stream.close()


def _program() -> list[str]:
    """How this program starts itself: the window's executable stands beside a frozen ``koda``."""
    if getattr(sys, "frozen", False):
        koda = Path(sys.executable)
        return [str(koda.with_name(_WINDOW + koda.suffix))]
    return [sys.executable, "-P", "-m", "koda_desktop"]


def answer_questions(answer: Callable[[Any], Any]) -> int:
    """Be the child: answer until the parent closes the pipe. Stray output goes to stderr."""
    questions = sys.stdin.buffer
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        while True:
            try:
                question = pickle.load(questions)
            except EOFError:
                return 0
            told = None if question is None else answer(question)
            pickle.dump(told, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
