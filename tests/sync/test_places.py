from __future__ import annotations

import errno
import os
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.sync.places import candidates, put_in_place, safe_file_name


@given(name=st.text(max_size=300))
def test_any_name_becomes_one_that_every_system_takes(name: str) -> None:
    safe = safe_file_name(name)
    assert safe == Path(safe).name
    assert safe not in ("", ".", "..")
    assert len(safe.encode()) <= 200
    assert not set(safe) & set('<>:"/\\|?*\x00')
    assert safe_file_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("flow.json", "flow.json"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\flow.json", "flow.json"),
        ("Größe €.zip", "Größe €.zip"),
        ("con.json", "file-con.json"),
        ("a:b?.json", "a-b-.json"),
        (" . ", "file"),
    ],
)
def test_names_keep_what_they_can(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    wanted = [path.name for path in islice(candidates(tmp_path / "flow.tar.gz"), 3)]
    assert wanted == ["flow.tar.gz", "flow.tar (2).gz", "flow.tar (3).gz"]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_gets_its_name_without_replacing_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    if not has_links:

        def link(*_: object) -> None:
            raise OSError(errno.EPERM, "no hard links here")

        monkeypatch.setattr(os, "link", link)
    part, target = tmp_path / "a.part", tmp_path / "a"
    part.write_text("new")
    target.write_text("old")
    assert put_in_place(part, target) is False
    assert (part.read_text(), target.read_text()) == ("new", "old")
    target.unlink()
    assert put_in_place(part, target) is True
    assert target.read_text() == "new"
    assert not part.exists()
