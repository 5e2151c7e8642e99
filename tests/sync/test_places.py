from __future__ import annotations

import errno
import os
from itertools import islice
from pathlib import Path

import pytest

from koda_desktop.sync.places import candidates, put_in_place


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
