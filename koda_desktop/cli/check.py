"""``koda check``: reports on files and whole folders, for people, scripts and build servers."""

from __future__ import annotations

import argparse
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from koda_desktop.cli.checking import Checked, Question, check_file, ended
from koda_desktop.cli.children import Children, processors
from koda_desktop.cli.context import Context
from koda_desktop.cli.file_arguments import kept
from koda_desktop.cli.finding import find_files, left_out_text
from koda_desktop.cli.output import Output
from koda_desktop.cli.sarif import SarifLog
from koda_desktop.cli.shown import files
from koda_desktop.cli.stopping import stopped_by_interrupt
from koda_desktop.cli.tally import Pace, Tally
from koda_desktop.errors import Cancelled, KodaError, UsageError
from koda_desktop.runtime.child import ChildEnded
from koda_desktop.runtime.files import write_atomically
from koda_desktop.runtime.work import CancelToken

TASK = "check"
STANDARD_OUTPUT = Path("-")
_WORTH_CHILDREN_FILES = 150
_WORTH_CHILDREN_BYTES = 4 * 1024 * 1024


def check(context: Context, options: argparse.Namespace) -> bool:
    """Report on each file. What makes it fail is ``--fail-on``'s to say; a folder that cannot be
    listed or holds nothing to look at fails always."""
    run = _Run(context, options)
    with stopped_by_interrupt() as stop:
        run.look(stop)
    run.finish(is_stopped=stop.is_cancelled)
    return not run.tally.failing and not run.faults


class _Run:
    """One ``koda check``: what it prints and what it counts."""

    def __init__(self, context: Context, options: argparse.Namespace) -> None:
        self._context = context
        self._options = options
        self._sarif = SarifLog(with_removals=options.removals) if options.sarif else None
        self._is_quiet = options.sarif == STANDARD_OUTPUT
        if self._is_quiet and options.json:
            raise UsageError(
                "--json and --sarif - both write to standard output.",
                remedy="Give --sarif the name of a file.",
            )
        self.tally = Tally(options.fail_on)
        self.total = 0
        self.faults: list[KodaError] = []

    def look(self, stop: CancelToken) -> None:
        passed: list[Path] = []
        found = list(find_files(self._options.files, self._fault, passed.append))
        if passed:
            self._output.note(left_out_text(passed))
        allowed = self._context.allowed()
        platform, stays = self._options.platform, kept(self._options)
        questions = [Question(one, platform, allowed, stays) for one in found]
        self.total = len(questions)
        pace = Pace(self._output, self.total)
        with closing(_looked_at(questions, self._options.jobs, stop)) as looks:
            for checked in looks:
                self._tell(checked)
                pace.tell(self.tally.done)

    @property
    def _output(self) -> Output:
        return self._context.output

    def _fault(self, error: KodaError) -> None:
        self.faults.append(error)
        self._output.fault(error)
        if self._sarif:
            self._sarif.notify(error)

    def _tell(self, checked: Checked) -> None:
        self.tally.add(checked)
        if self._sarif:
            self._sarif.add(checked.path, checked.record)
        if not self._is_quiet:
            self._output.result(checked.record, checked.text)
        if checked.bug:
            self._context.report_bug(checked.bug)

    def finish(self, *, is_stopped: bool) -> None:
        """Write the SARIF log and the last line. Raises Cancelled where files are left."""
        is_stopped = is_stopped and self.tally.done < self.total
        if self._sarif:
            self._write(self._sarif.as_bytes(is_whole=not is_stopped))
        if is_stopped:
            raise Cancelled(
                f"Stopped after {self.tally.done:,} of {files(self.total)}.",
                kept="What was reported before holds.",
            )
        if self.total > 1:
            self._output.note(self.tally.text())

    def _write(self, log: bytes) -> None:
        if self._is_quiet:
            self._output.document(log.decode())
        else:
            write_atomically(self._options.sarif, log)


def _looked_at(
    questions: list[Question], jobs: int | None, stop: CancelToken
) -> Generator[Checked, None, None]:
    """Each file's report in the order of the files, by children where that is faster."""
    count = min(_jobs(questions) if jobs is None else jobs, len(questions))
    if count <= 1:
        for question in questions:
            if stop.is_cancelled:
                return
            yield check_file(question)
        return
    children = Children(TASK, count, check_file)
    with closing(children.answers(questions, stop)) as answers:
        for question, answer in zip(questions, answers, strict=False):
            was_ended = isinstance(answer, ChildEnded)
            yield ended(question.found.path, answer) if was_ended else answer


def _jobs(questions: list[Question]) -> int:
    """Starting a child costs as much as looking at some hundred ordinary files."""
    size = sum(question.found.size for question in questions)
    is_much = len(questions) >= _WORTH_CHILDREN_FILES or size >= _WORTH_CHILDREN_BYTES
    return processors() if is_much else 1
