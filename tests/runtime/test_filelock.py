from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.filelock import FileLock


def test_one_holder_at_a_time_also_in_one_process(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    assert (first.is_held, second.is_held) == (True, False)
    first.release()
    first.release()
    assert second.acquire()
    second.release()


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path;"
        "from koda_desktop.runtime.filelock import FileLock;"
        "lock = FileLock(Path(sys.argv[1])); assert lock.acquire();"
        "print('held', flush=True); time.sleep(60)"
    )
    path = tmp_path / "folder" / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        mine = FileLock(path)
        assert not mine.acquire()
        child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        child.wait(20)
    assert mine.acquire()
    mine.release()


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalFault, match="lock"):
        FileLock(tmp_path / "file" / "lock").acquire()
