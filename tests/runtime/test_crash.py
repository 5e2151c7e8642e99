"""A bug leaves a report without secrets, and tells whoever listens where it is."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from koda_desktop.runtime.crash import CrashReports


@pytest.fixture
def reports(tmp_path: Path) -> CrashReports:
    return CrashReports(tmp_path)


def fail(reports: CrashReports, error: BaseException) -> None:
    try:
        raise error
    except (RuntimeError, KeyboardInterrupt) as caught:
        reports.report(type(caught), caught, caught.__traceback__)


@pytest.mark.expected_logs("An unexpected error")
def test_a_bug_leaves_a_report_without_secrets(reports: CrashReports, tmp_path: Path) -> None:
    told: list[Path] = []
    reports.listen(told.append)
    fail(reports, RuntimeError("mongodb://seller:hunter22@127.0.0.1/shop failed"))
    (path,) = tmp_path.glob("crash-*.txt")
    assert told == [path]
    text = path.read_text()
    assert "RuntimeError" in text
    assert "test_crash.py" in text
    assert "hunter22" not in text


def test_stopping_by_hand_is_no_crash(reports: CrashReports, tmp_path: Path) -> None:
    fail(reports, KeyboardInterrupt())
    assert not list(tmp_path.glob("crash-*.txt"))


@pytest.mark.expected_logs("An unexpected error")
def test_a_failing_thread_is_reported(reports: CrashReports, tmp_path: Path) -> None:
    reports.install()
    try:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
    finally:
        reports.uninstall()
    (path,) = tmp_path.glob("crash-*.txt")
    assert "ZeroDivisionError" in path.read_text()


def test_a_crash_of_the_interpreter_leaves_its_stack(tmp_path: Path) -> None:
    program = (
        "import faulthandler, pathlib, sys\n"
        "from koda_desktop.runtime.crash import CrashReports\n"
        "CrashReports(pathlib.Path(sys.argv[1])).install()\n"
        "faulthandler._sigsegv()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert ended.returncode != 0
    assert "Segmentation fault" in (tmp_path / "fault.log").read_text()
