"""``koda check`` over files and folders: what it says, what it exits with, how it stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from koda_desktop.cli import checking
from koda_desktop.cli.checking import Checked, Question
from koda_desktop.cli.tally import Pace, fails
from koda_desktop.runtime.child import Child
from koda_desktop.workflows.inspect import inspect_path
from tests.cli.conftest import Koda, write_broken, write_workflow
from tests.journeys.desk import KODA
from tests.workflows.building import node

posix = pytest.mark.skipif(os.name != "posix", reason="pipes, signals and names as POSIX has them")
ODD_NAMES = ["two\nlines.json", "emoji 😀.json", "\x1b[31mred.json", "-dash.json", "n" * 250]


def test_a_folder_is_reported_file_by_file_in_order(koda: Koda, tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "in/c.json"):
        write_workflow(tmp_path / name)
    said = koda("--json", "check", tmp_path)
    assert said.code == 0
    names = [Path(r["file"]).relative_to(tmp_path).as_posix() for r in said.records]
    assert names == ["a.json", "b.json", "in/c.json"]
    assert "3 files checked: 3 can be published." in said.err


def test_the_record_keeps_the_keys_scripts_rely_on(koda: Koda, tmp_path: Path) -> None:
    record = koda("--json", "check", write_workflow(tmp_path / "a.json")).record
    keys = {
        "file", "platform", "confidence", "name", "nodes", "integrations", "triggers",
        "credentials", "problems", "secrets", "removed", "publishable",
    }  # fmt: skip
    assert keys <= set(record)
    assert (record["platform"], record["nodes"], record["publishable"]) == ("n8n", 2, True)


def test_a_picture_in_a_folder_takes_one_line(koda: Koda, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    said = koda("check", tmp_path)
    assert said.code == 0
    (line,) = said.out.splitlines()
    assert "photo.png: no workflow (" in line


def test_an_empty_folder_fails_and_says_so(koda: Koda, tmp_path: Path) -> None:
    said = koda("check", tmp_path)
    assert said.code == 1
    assert "There is no file to look at in" in said.err


def test_a_missing_file_fails_and_the_rest_goes_on(koda: Koda, tmp_path: Path) -> None:
    said = koda("--json", "check", tmp_path / "gone.json", write_workflow(tmp_path / "a.json"))
    assert said.code == 1
    assert [record["publishable"] for record in said.records] == [False, True]


WARNED = [node("Start"), node("Lost", "n8n-nodes-base.set")]


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("fine", {"errors": 0, "warnings": 0, "secrets": 0}),
        ("warned", {"errors": 0, "warnings": 1, "secrets": 0}),
        ("broken", {"errors": 1, "warnings": 1, "secrets": 0}),
        ("gone", {"errors": 1, "warnings": 1, "secrets": 1}),
    ],
)
def test_what_fails_is_chosen(koda: Koda, tmp_path: Path, kind: str, codes: dict[str, int]) -> None:
    path = tmp_path / "a.json"
    if kind == "broken":
        write_broken(path)
    elif kind != "gone":
        write_workflow(path)
    if kind == "warned":
        text = path.read_text().replace('"name": "Sample"', '"name": "Sample", "name": "Sample"')
        path.write_text(text)
    assert {on: koda("check", path, "--fail-on", on).code for on in codes} == codes


@pytest.mark.parametrize(("fail_on", "expected"), [("secrets", True), ("errors", True)])
def test_a_secret_always_fails(fail_on: str, expected: bool) -> None:
    record = {"secrets": [{"kind": "k"}], "problems": [], "publishable": False}
    assert fails(Checked(Path("a"), record, ""), fail_on) is expected


@posix
@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_odd_names_are_reported_on_one_line(
    koda: Koda, tmp_path: Path, name: str, jobs: str
) -> None:
    folder = tmp_path / "in"
    write_workflow(folder / name)
    write_workflow(folder / "other.json")
    said = koda("check", folder, "--jobs", jobs)
    assert said.code == 0
    heads = [line for line in said.out.splitlines() if not line.startswith(" ")]
    assert len(heads) == 2
    assert all(line.endswith(": can be published") for line in heads)
    assert said.out.replace("\n", "").isprintable()
    records = koda("--json", "check", folder, "--jobs", jobs).records
    assert {Path(record["file"]).name for record in records} == {name, "other.json"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_names_that_cannot_be_decoded_are_reported(koda: Koda, tmp_path: Path, jobs: str) -> None:
    plain = write_workflow(tmp_path / "in" / "a.json")
    odd = os.fsencode(tmp_path) + b"/in/bad\xff.json"
    Path(os.fsdecode(odd)).write_bytes(plain.read_bytes())
    said = koda("check", tmp_path / "in", "--jobs", jobs)
    assert said.code == 0
    assert "bad\\xff.json: can be published" in said.out
    names = [record["file"] for record in koda("--json", "check", tmp_path / "in").records]
    assert os.fsencode(names[1]) == odd


@posix
def test_pipes_and_devices_never_block(koda: Koda, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    said = koda("--json", "check", tmp_path / "pipe.json", "/dev/zero", "/dev/null")
    assert said.code == 1
    assert [record["problems"][0]["code"] for record in said.records] == ["not-a-file"] * 3


def test_children_report_the_same_as_this_process(koda: Koda, tmp_path: Path) -> None:
    for number in range(60):
        write_workflow(tmp_path / f"{number:02}.json", name=f"Number {number}")
    write_broken(tmp_path / "05b.json")
    alone = koda("check", tmp_path, "--jobs", "1")
    together = koda("check", tmp_path, "--jobs", "3")
    assert "Number 59" in alone.out
    assert (together.code, together.out) == (alone.code, alone.out)


@pytest.mark.parametrize("jobs", ["0", "65", "many", "-1", "²"])
def test_an_impossible_number_of_jobs_is_refused(koda: Koda, tmp_path: Path, jobs: str) -> None:
    assert koda("check", tmp_path, f"--jobs={jobs}").code == 2


@pytest.mark.expected_logs("An unexpected error")
def test_a_bug_over_one_file_is_told_and_the_rest_goes_on(
    koda: Koda, tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, **more: object) -> object:
        if path.name == "b.json":
            raise ZeroDivisionError("made up")
        return inspect_path(path)

    monkeypatch.setattr(checking, "inspect_path", fail)
    for name in ("a.json", "b.json", "c.json"):
        write_workflow(tmp_path / "in" / name)
    said = koda("--json", "check", tmp_path / "in")
    assert said.code == 1
    assert [record["publishable"] for record in said.records] == [True, False, True]
    assert said.records[1]["problems"][0]["code"] == "internal-error"
    (report,) = (data_dir / "crash").glob("crash-*")
    assert "ZeroDivisionError: made up" in report.read_text()


def test_a_child_that_dies_costs_one_file(
    koda: Koda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Child.ask

    def die(self: Child, question: object) -> object:
        if isinstance(question, Question) and question.found.path.name == "3.json":
            self.kill()
        return ask(self, question)

    monkeypatch.setattr(Child, "ask", die)
    for number in range(6):
        write_workflow(tmp_path / f"{number}.json")
    said = koda("--json", "check", tmp_path, "--jobs", "2")
    assert said.code == 1
    codes = [[p["code"] for p in record["problems"]] for record in said.records]
    assert codes[3] == ["check-ended"]
    assert [record["publishable"] for record in said.records] == [True] * 3 + [False] + [True] * 2


def test_without_children_the_work_is_done_here(
    koda: Koda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koda_desktop.runtime.child._program", lambda: [str(tmp_path / "nothing")])
    for number in range(3):
        write_workflow(tmp_path / "in" / f"{number}.json")
    said = koda("--json", "check", tmp_path / "in", "--jobs", "2")
    assert said.code == 0
    assert [record["publishable"] for record in said.records] == [True] * 3


def test_children_do_not_look_for_modules_among_the_files(
    koda: Koda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "ran"
    trap = f"open({str(mark)!r}, 'w').close()\n"
    for name in ("pickle.py", "argparse.py", "koda_desktop.py", "json.py"):
        (tmp_path / "in" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text(trap)
    monkeypatch.chdir(tmp_path / "in")
    said = koda("--json", "check", ".", "--jobs", "2")
    assert len(said.records) == 4
    assert not any(p["code"] == "check-ended" for r in said.records for p in r["problems"])
    assert not mark.exists()


def test_progress_is_told_when_there_are_many(
    koda: Koda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koda_desktop.cli.tally._EVERY_SECONDS", 0.0)
    for number in range(50):
        write_workflow(tmp_path / f"{number:02}.json")
    said = koda("--json", "check", tmp_path)
    assert len(said.records) == 50
    assert "Checked 25 of 50 files, " in said.err
    assert " files/s" in said.err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_stop_reports_what_was_done(
    koda: Koda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    for number in range(40):
        write_workflow(tmp_path / "in" / f"{number:02}.json")
    tell = Pace.tell

    def interrupt(self: Pace, done: int) -> None:
        if done == 5:
            signal.raise_signal(signal.SIGINT)
        tell(self, done)

    monkeypatch.setattr(Pace, "tell", interrupt)
    before = signal.getsignal(signal.SIGINT)
    log = tmp_path / "log.sarif"
    said = koda("--json", "check", tmp_path / "in", "--jobs", jobs, "--sarif", log)
    assert said.code == 1
    assert [record["publishable"] for record in said.records[:-1]] == [True] * 5
    assert said.records[-1]["error"]["code"] == "cancelled"
    assert "Stopped after 5 of 40 files." in said.err
    assert signal.getsignal(signal.SIGINT) == before
    (run,) = json.loads(log.read_text())["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False


@posix
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_in_a_real_process_ends_it_and_its_children(tmp_path: Path, jobs: str) -> None:
    for number in range(1500):
        write_workflow(tmp_path / "in" / f"{number:04}.json")
    process = subprocess.Popen(
        [*KODA, "--json", "check", str(tmp_path / "in"), "--jobs", jobs],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    records = [json.loads(line) for line in (first, *process.stdout)]
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert all(record["publishable"] for record in records[:-1])
    assert records[-1]["error"]["code"] == "cancelled"
    assert "Traceback" not in err
    assert f"Stopped after {len(records) - 1:,} of 1,500 files." in err


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    for number in range(1500):
        write_workflow(tmp_path / "in" / f"{number:04}.json")
    process = subprocess.Popen(
        [*KODA, "--json", "check", str(tmp_path / "in"), "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    children = _children(process.pid)
    process.kill()
    process.communicate(timeout=30)
    assert children
    deadline = time.monotonic() + 20
    while any(_is_alive(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [child for child in children if _is_alive(child)] == []


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(status[1]) == parent:
            found.append(int(folder.name))
    return found


def _is_alive(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[
            0
        ] != "Z"
    except OSError:
        return False
