"""Any bytes give a report; sound archives give packages that are stable and complete."""

from __future__ import annotations

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.archives.tar_reading import read_tar
from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import PLATFORMS, Inspection
from tests.workflows.archives.making import (
    FLOW,
    N8NP,
    PROJECT,
    SDIST,
    WHEEL,
    archived,
    plain_files,
    tarred,
    unzipped,
    with_checksum,
    zipped,
)

_SOUND = [
    zipped(PROJECT | {"a.json": FLOW}),
    zipped(WHEEL, stored=True),
    tarred(SDIST),
    tarred(N8NP, "w"),
    tarred({"n" * 150: FLOW}, "w"),
    zipped({"a/b.json": FLOW}, comment=b"x" * 40),
]
_CAPS = Caps(max_unpacked=1_000_000, max_entries=200)


def _assert_sound(report: Inspection) -> None:
    printed = json.dumps(report.as_json(), ensure_ascii=False).encode()
    assert json.loads(printed)["publishable"] is report.publishable
    assert report.platform in PLATFORMS
    assert 0.0 <= report.confidence <= 1.0
    for problem in report.problems:
        problem.where.encode()
    for removal in report.removed:
        f"{removal.where}{removal.before}".encode()


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """A sound archive with bytes changed, cut, doubled or taken out."""
    data = bytearray(draw(st.sampled_from(_SOUND)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.sampled_from(["set", "cut", "insert", "drop", "copy"]))
        if kind == "set" and data:
            data[place] = draw(st.integers(0, 255))
        elif kind == "cut":
            del data[place:]
        elif kind == "insert":
            data[place:place] = draw(st.binary(max_size=8))
        elif kind == "drop":
            del data[place : place + draw(st.integers(1, 40))]
        else:
            data[place:place] = data[: draw(st.integers(0, 200))]
    return bytes(data)


@given(_damaged(), st.sampled_from(PLATFORMS) | st.none())
def test_damaged_archives_give_a_report(data: bytes, platform: str | None) -> None:
    _assert_sound(inspect_bytes(data, "a.zip", platform=platform, caps=_CAPS))


@given(st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08"]), st.binary(max_size=400))
def test_any_bytes_after_a_magic_give_a_report(magic: bytes, data: bytes) -> None:
    _assert_sound(inspect_bytes(magic + data, "a", caps=_CAPS))


@given(st.lists(st.tuples(st.integers(0, 511), st.integers(0, 255)), max_size=12), st.booleans())
def test_any_tar_header_gives_a_listing(changes: list[tuple[int, int]], is_twice: bool) -> None:
    data = tarred({"n" * 150 + ".json": FLOW, "b": b"1"}, "w")
    header = bytearray(data[:512])
    for place, value in changes:
        header[place] = value
    whole = with_checksum(header) * (2 if is_twice else 1) + data[512:]
    listing = read_tar(whole, _CAPS)
    assert sum(len(entry.data) for entry in listing.entries) <= len(whole)
    _assert_sound(inspect_bytes(whole, "x.tar", caps=_CAPS))


@given(st.lists(st.tuples(st.text(max_size=30), st.binary(max_size=20)), max_size=5))
def test_any_names_give_a_report_and_no_path_leads_out(files: list[tuple[str, bytes]]) -> None:
    fitting = [(n, d) for n, d in files if n and "\0" not in n and n.isprintable()]
    distinct = list(dict(fitting).items())
    report = archived(zipped([*distinct, ("flow.json", FLOW)]))
    _assert_sound(report)
    if report.packaged and report.packaged.media_type == "application/zip":
        for name in unzipped(report.packaged.data):
            assert not name.startswith("/")
            assert not {"..", "", "."} & set(name.split("/"))
            assert not set(name) & set('<>:"|?*\\')


@given(plain_files, st.booleans(), st.randoms(use_true_random=False))
def test_the_same_files_give_the_same_package(
    files: dict[str, bytes], stored: bool, order: Random
) -> None:
    shuffled = list(files.items())
    order.shuffle(shuffled)
    reports = [
        archived(zipped(files), "x"),
        archived(zipped(shuffled, stored=stored), "x"),
        archived(tarred(shuffled, owner="mara"), "x"),
    ]
    packages = {report.packaged for report in reports}
    assert len(packages) == 1
    for package in packages:
        assert (package is None) is (not files)
        if package is not None:
            again = archived(package.data, package.name)
            assert (again.packaged, again.removed) == (package, ())


@given(plain_files)
def test_every_file_reaches_the_buyer(files: dict[str, bytes]) -> None:
    report = archived(zipped(files), "x")
    if len(files) > 1:
        assert report.packaged is not None
        packed = unzipped(report.packaged.data)
        assert packed.keys() - {"manifest.json"} == files.keys()
        for path, data in files.items():
            alone = inspect_bytes(data, path)
            assert packed[path] == (alone.packaged.data if alone.packaged else data)
