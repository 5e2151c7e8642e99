"""What cannot be used is told in plain words, and costs nothing that was there before."""

from __future__ import annotations

import os
import resource as limits
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.desk import KODA, Answer, Computer


@pytest.fixture
def offline(tmp_path: Path) -> Computer:
    """A computer that works offline, with nothing in it yet."""
    computer = Computer(tmp_path / "computer")
    computer.done("workspace", "add", "offline")
    return computer


def messages(answer: Answer) -> str:
    return " ".join(p["message"] for record in answer.records for p in record["problems"])


def make_2_gb(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(2 * 1024**3)


BAD_FILES = {
    "not-json.json": (b"{'nodes': []}", "line 1"),
    "cut.json": (b'{"nodes": [{"name": "A"', "cut off"),
    "empty.json": (b"", "empty"),
    "page.json": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_workflow_is_told(offline: Computer, tmp_path: Path, name: str) -> None:
    data, word = BAD_FILES[name]
    path = tmp_path / name
    path.write_bytes(data)
    answer = offline.koda("check", path)
    assert answer.code == 1
    assert answer.record["publishable"] is False
    assert word in messages(answer) + " ".join(
        f"line {p.get('line')}" for p in answer.record["problems"]
    )
    drafted = offline.koda("draft", path, "--price", "1", "--category", "Other")
    assert drafted.code == 1
    assert drafted.fault["remedy"]
    assert offline.done("listings").records == []


def test_two_gigabytes_are_refused_without_being_read(offline: Computer, tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    make_2_gb(path)
    answer = offline.koda("check", path)
    assert answer.code == 1
    assert "2,048.0 MiB; at most 50 MiB" in messages(answer)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "latin-1"])
def test_other_encodings_are_read_or_named(
    offline: Computer, tmp_path: Path, sample: Path, encoding: str
) -> None:
    path = tmp_path / "other.json"
    text = sample.read_text("utf-8").replace("Daily lead digest", "Täglicher Überblick")
    path.write_bytes(text.encode(encoding, "ignore"))
    answer = offline.koda("check", path)
    record = answer.record
    assert record["publishable"] == (answer.code == 0)
    if record["publishable"]:
        assert record["name"] == "Täglicher Überblick"
    else:
        assert "UTF-8" in messages(answer)


def test_a_folder_and_a_missing_file_are_told_and_the_rest_goes_on(
    offline: Computer, tmp_path: Path, sample: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    answer = offline.koda("check", empty, tmp_path / "gone.json", sample)
    assert answer.code == 1
    assert [record.get("publishable") for record in answer.records][-2:] == [False, True]
    assert "empty" in str(answer.records[0]) + answer.errors


@pytest.mark.skipif(os.name != "posix", reason="a limit on file sizes is POSIX's")
def test_a_full_disk_keeps_what_was_there(offline: Computer, tmp_path: Path, sample: Path) -> None:
    first = offline.draft(sample)
    large = tmp_path / "large.py"
    large.write_text("x = '" + "y" * 3_000_000 + "'\n")
    words = ["draft", str(large), "--price", "1", "--category", "Other"]
    answer = subprocess.run(
        [*KODA, "--data-dir", str(offline.folder), *words],
        capture_output=True,
        text=True,
        preexec_fn=lambda: limits.setrlimit(limits.RLIMIT_FSIZE, (1_000_000, 1_000_000)),
    )
    assert answer.returncode == 1
    assert "the disk is full" in answer.stderr
    assert "Free some disk space" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert [record["id"] for record in offline.done("listings").records] == [first]
    assert {check["check"]: check["ok"] for check in offline.done("doctor").records}[
        "local store"
    ] is True


def test_a_data_folder_without_rights_is_told(tmp_path: Path, sample: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    answer = Computer(blocked).koda("workspace", "add", "offline")
    assert answer.code == 1
    assert "Traceback" not in answer.errors


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("draft", "SAMPLE", "--price", "dear", "--category", "Sales"), "number"),
        (("draft", "SAMPLE", "--price", "1.234,50", "--category", "Sales"), "thousands"),
        (("draft", "SAMPLE", "--price", "-1", "--category", "Sales"), "negative"),
        (("edit", "0", "--set", "rating=5"), "FIELD=VALUE"),
        (("publish",), "--all"),
        (("listings", "--workspace", "nowhere"), "nowhere"),
        (("workspace", "add"), "which kind"),
        (("workspace", "add", "sandbox", "../up"), "cannot be the name"),
        (("workspace", "add", "offline"), "already"),
    ],
)
def test_wrong_use_is_told(
    offline: Computer, sample: Path, arguments: tuple[str, ...], word: str
) -> None:
    answer = offline.koda(*[str(sample) if one == "SAMPLE" else one for one in arguments])
    assert answer.code in (1, 2)
    assert word in str(answer.fault)
    assert offline.done("listings").records == []


def test_a_publish_without_a_marketplace_waits(offline: Computer, sample: Path) -> None:
    listing = offline.draft(sample)
    answer = offline.koda("publish", listing)
    assert answer.code == 1
    assert offline.state(listing) == "waiting"
    assert "offline" in answer.errors


def test_a_reader_that_goes_away_is_no_crash(offline: Computer, sample: Path) -> None:
    for _ in range(3):
        offline.draft(sample)
    command = [*KODA, "--data-dir", str(offline.folder), "listings"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors
    assert not list((offline.folder / "crash").glob("crash-*"))


def test_a_newer_store_is_refused_in_plain_words(offline: Computer, sample: Path) -> None:
    offline.draft(sample)
    store = offline.folder / "workspaces" / "offline" / "store.sqlite"
    script = "import apsw, sys; apsw.Connection(sys.argv[1]).execute('PRAGMA user_version=999')"
    subprocess.run([sys.executable, "-c", script, str(store)], check=True)
    answer = offline.koda("listings")
    assert answer.code == 1
    assert "newer" in answer.fault["what"]
