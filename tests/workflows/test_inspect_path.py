"""Files on disk that cannot be read, and that are never read when they are too large."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspect import inspect_bytes, inspect_path
from koda_desktop.workflows.inspection import Inspection


def _refused(report: Inspection, code: str) -> str:
    assert [problem.code for problem in report.problems] == [code]
    assert report.packaged is None
    assert not report.publishable
    assert report.sha256 == ""
    return report.problems[0].message


def test_two_gigabytes_are_refused_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as stream:
        stream.truncate(2 * 1024**3)
    opened: list[object] = []
    monkeypatch.setattr(os, "open", lambda *given: opened.append(given))
    report = inspect_path(path)
    assert "2,048.0 MiB" in _refused(report, "too-large")
    assert report.size == 2 * 1024**3
    assert opened == []


def test_a_file_that_grows_after_the_check_is_still_refused(tmp_path: Path) -> None:
    path = tmp_path / "grown.json"
    path.write_bytes(b"x" * 11)
    grown = inspect_bytes(path.read_bytes(), path.name, caps=Caps(max_bytes=10))
    _refused(grown, "too-large")


def test_a_missing_file(tmp_path: Path) -> None:
    assert "no longer there" in _refused(inspect_path(tmp_path / "gone.json"), "file-missing")


def test_a_folder(tmp_path: Path) -> None:
    assert "folder" in _refused(inspect_path(tmp_path), "not-a-file")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither")
def test_pipes_and_sockets_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    _refused(inspect_path(tmp_path / "pipe"), "not-a-file")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        _refused(inspect_path(tmp_path / "socket"), "not-a-file")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_a_file_without_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.json"
    path.write_text("{}")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads everything; the system's own refusal is played
        monkeypatch.setattr(os, "open", _refuse)
    assert "may not read" in _refused(inspect_path(path), "no-rights")


def _refuse(*_: object) -> int:
    raise PermissionError(13, "Permission denied")


def test_a_name_no_file_system_takes() -> None:
    _refused(inspect_path(Path("bad\0name.json")), "unreadable-file")


def test_a_broken_link(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "nowhere.json")
    _refused(inspect_path(tmp_path / "link.json"), "file-missing")


def test_a_file_is_inspected_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "My flow.json"
    path.write_bytes(b'{"nodes": [], "connections": {}}')
    report = inspect_path(path)
    assert (report.file_name, report.name, report.size) == ("My flow.json", "My flow", 32)
    assert report == inspect_bytes(path.read_bytes(), path.name)
