"""Guards the pin of PySide6: 6.12.0 loses references on Python 3.10 and 3.11.

There it drops one reference of None per void call and one of True per ``emit()``; these objects
are mortal before Python 3.12, and the interpreter aborts when the last one goes. An abort cannot be
caught, so the calls are made in a process of their own, which says how the counts moved.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CALLS = 200_000
# Nothing in the loop keeps or frees None or True but the calls themselves; a few for the rest.
SLACK = 50

PROGRAM = """
import ctypes, json, sys
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    sent = Signal(int)

def name(sender, number):
    sender.setObjectName(str(number))

def emit(sender, number):
    sender.sent.emit(number)

def lose(sender, number):
    ctypes.pythonapi.Py_DecRef(ctypes.py_object(None))

work, calls = {"name": name, "emit": emit, "lose": lose}[sys.argv[1]], int(sys.argv[2])
sender = Sender()
heard = []
sender.sent.connect(lambda number: heard.clear() or heard.append(number))
counted = (None, True, False)
work(sender, 0)
before = [sys.getrefcount(each) for each in counted]
for number in range(calls):
    work(sender, number)
after = [sys.getrefcount(each) for each in counted]
json.dump({"moved": [b - a for a, b in zip(before, after)], "heard": heard}, sys.stdout)
"""


def _soak(work: str, calls: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, work, str(calls)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100)


@pytest.mark.parametrize(("work", "heard"), [("name", []), ("emit", [CALLS - 1])])
def test_no_reference_is_lost_in_many_calls(work: str, heard: list[int]) -> None:
    run = _soak(work, CALLS)
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert all(abs(moved) < SLACK for moved in said["moved"]), said
    assert said["heard"] == heard


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal, nothing can be lost")
def test_a_lost_reference_is_seen() -> None:
    run = _soak("lose", 300)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["moved"][0] <= -300 + SLACK
