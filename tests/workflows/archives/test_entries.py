"""Entries that are refused, with the reason, and litter that is left out and listed."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.inspect import inspect_bytes
from tests.workflows.archives.making import (
    FLOW,
    archived,
    errors,
    tarred,
    unzipped,
    with_checksum,
    zipped,
)
from tests.workflows.building import codes

Pack = Callable[..., bytes]

_BAD_NAMES = [
    ("../x.json", "path-outside"),
    ("a/../../x.json", "path-outside"),
    ("/etc/x.json", "absolute-path"),
    ("//server/x.json", "absolute-path"),
    ("C:/x.json", "absolute-path"),
    ("c:x.json", "absolute-path"),
    ("\\x.json", "absolute-path"),
    ("a\\x.json", "backslash-path"),
    ("a\\..\\x.json", "path-outside"),
    ("a/con", "unportable-name"),
    ("a/LPT1.txt", "unportable-name"),
    ("a/x?.json", "unportable-name"),
    ("a/x:y.json", "unportable-name"),
    ("a/x|y.json", "unportable-name"),
    ("a/x. ", "unportable-name"),
    ("a /x.json", "unportable-name"),
    ("a/x\x07.json", "unportable-name"),
    ("a/" * 41 + "x", "unportable-name"),
    ("x" * 201, "unportable-name"),
]


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
@pytest.mark.parametrize(("name", "code"), _BAD_NAMES)
def test_names_that_harm_are_refused(pack: Pack, name: str, code: str) -> None:
    report = archived(pack([("flow.json", FLOW), (name, b"1")]))
    assert [found for found, _ in errors(report)] == [code]
    assert report.packaged is None
    # The rest is still reported on.
    assert (report.platform, report.name) == ("n8n", "Post leads")


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
def test_steps_that_mean_nothing_are_tidied(pack: Pack) -> None:
    report = archived(pack([("./flow.json", FLOW), ("./a//b.txt", b"x")]))
    assert report.packaged is not None
    assert set(unzipped(report.packaged.data)) == {"manifest.json", "flow.json", "a/b.txt"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
@pytest.mark.parametrize(
    "names",
    [("a.json", "a.json"), ("a.json", "A.json"), ("é.json", "e\u0301.json"), ("a", "a/b.json"),
     ("a.json", "./a.json")],
)  # fmt: skip
def test_one_name_for_two_files_is_refused(pack: Pack, names: tuple[str, str]) -> None:
    report = archived(pack([(names[0], FLOW), (names[1], FLOW)]))
    assert [code for code, _ in errors(report)] == ["double-entry"]
    assert report.packaged is None


def _with_mode(mode: int) -> bytes:
    data = bytearray(zipped({"flow.json": FLOW, "link": b"/etc/passwd"}))
    place = data.rfind(b"PK\x01\x02")
    data[place + 5] = 3
    data[place + 38 : place + 42] = struct.pack("<I", mode << 16)
    return bytes(data)


@pytest.mark.parametrize(
    ("mode", "code"),
    [(0o120777, "link-entry"), (0o010644, "device-entry"), (0o060644, "device-entry"),
     (0o020644, "device-entry"), (0o140644, "device-entry")],
)  # fmt: skip
def test_links_and_devices_in_a_zip_are_refused(mode: int, code: str) -> None:
    assert errors(archived(_with_mode(mode))) == [(code, "link")]


@pytest.mark.parametrize(
    ("kind", "code"),
    [(b"1", "link-entry"), (b"2", "link-entry"), (b"3", "device-entry"), (b"4", "device-entry"),
     (b"6", "device-entry")],
)  # fmt: skip
def test_links_and_devices_in_a_tar_are_refused(kind: bytes, code: str) -> None:
    assert errors(archived(tarred({"thing": b""}, kind=kind))) == [(code, "thing")]


def test_sparse_entries_of_a_tar_are_refused() -> None:
    data = bytearray(tarred({"flow.json": FLOW}, "w"))
    header = data[:512]
    header[156:157] = b"S"
    data[:512] = with_checksum(header)
    assert errors(archived(bytes(data)))[0] == ("device-entry", "flow.json")


def test_entries_with_a_password_are_refused() -> None:
    data = bytearray(zipped({"flow.json": FLOW}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    assert errors(archived(bytes(data))) == [("encrypted-entry", "flow.json")]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_unusual_compression_is_refused(method: int) -> None:
    data = bytearray(zipped({"flow.json": FLOW}))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = data.find(mark) + offset
        data[place : place + 2] = struct.pack("<H", method)
    assert errors(archived(bytes(data))) == [("unusual-compression", "flow.json")]


def test_damaged_data_are_told_by_their_name() -> None:
    data = bytearray(zipped({"flow.json": FLOW, "b.txt": b"x"}, stored=True))
    data[data.find(FLOW) + 10] ^= 0xFF
    assert errors(archived(bytes(data))) == [("broken-entry", "flow.json")]


@pytest.mark.parametrize(
    "name",
    [".env", "a/.env", ".env.production", "prod.env", ".envrc", "id_rsa", "keys/id_ed25519",
     ".netrc", ".pypirc", ".npmrc", "cert.p12", "store.jks", "db.kdbx", "a.ppk", "secrets.toml",
     "token.pickle", ".aws/credentials", "home/.ssh/config", ".git-credentials", "x.tfstate"],
)  # fmt: skip
def test_files_of_keys_are_refused_by_name(name: str) -> None:
    report = archived(zipped({"flow.json": FLOW, name: b"KEY=1"}))
    assert errors(report) == [("key-file", name)]
    assert report.packaged is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"-----BEGIN RSA PRIVATE KEY-----\nMIIE"),
        ("a.pem", b"-----BEGIN CERTIFICATE-----\nx\n-----BEGIN PRIVATE KEY-----\n"),
        ("a.json", b'{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----"}'
         .replace(b"-----BEGIN PRIVATE KEY-----", b"abcdefghijklmnop")),
        ("a.json", b'{"installed": {"client_secret": "GOCSPX-abcdefgh", "token_uri": "https://x"}}'),
    ],
)  # fmt: skip
def test_files_of_keys_are_refused_by_content(name: str, data: bytes) -> None:
    assert errors(archived(zipped({"flow.json": FLOW, name: data}))) == [("key-file", name)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (".env.example", b"KEY="),
        (".env.sample", b"KEY="),
        ("env.md", b"x"),
        ("cert.pem", b"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"),
        ("keys.json", b'{"type": "object", "client_secret": "string"}'),
        ("id_rsa.md", b"how to make a key"),
    ],
)
def test_what_only_sounds_like_keys_may_stay(name: str, data: bytes) -> None:
    assert errors(archived(zipped({"flow.json": FLOW, name: data}))) == []


def test_a_file_of_keys_is_refused_without_an_archive_too() -> None:
    for name, data in ((".env", b"KEY=1\n"), ("x", b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl")):
        report = inspect_bytes(data, name)
        assert "key-file" in codes(report)
        assert report.packaged is None


@pytest.mark.parametrize("inner", [zipped({"a": b"1"}), tarred({"a": b"1"}), b"7z\xbc\xaf\x27\x1cx",
                                   b"Rar!\x1a\x07\x00"])  # fmt: skip
def test_archives_inside_are_not_opened(inner: bytes) -> None:
    report = archived(zipped({"flow.json": FLOW, "inner.dat": inner}))
    assert errors(report) == [("nested-archive", "inner.dat")]


def test_office_files_are_no_archives() -> None:
    sheet = zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})
    report = archived(zipped({"flow.json": FLOW, "leads.xlsx": sheet}))
    assert errors(report) == []
    assert report.packaged is not None
    assert unzipped(report.packaged.data)["leads.xlsx"] == sheet


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
def test_litter_is_left_out_and_listed_by_folder(pack: Pack) -> None:
    report = archived(
        pack({
            "p/flow.json": FLOW, "p/notes.txt": b"x", "p/.git/config": b"12", "p/.git/a/b": b"345",
            "p/__pycache__/a.pyc": b"1", ".DS_Store": b"1", "__MACOSX/p/._x": b"1",
            "p/Thumbs.db": b"1", "p/old.pyc": b"1", "p/notes.txt~": b"1",
        })
    )  # fmt: skip
    listed = {r.where: r.before for r in report.removed if "no part of what is sold" in r.reason}
    assert set(listed) == {
        "p/.git/", "p/__pycache__/", ".DS_Store", "__MACOSX/", "p/Thumbs.db", "p/old.pyc",
        "p/notes.txt~",
    }  # fmt: skip
    assert listed["p/.git/"] == '"2 files, 5 bytes"'
    assert report.packaged is not None
    assert set(unzipped(report.packaged.data)) == {"manifest.json", "p/flow.json", "p/notes.txt"}


def test_traces_of_the_computer_that_packed_are_listed() -> None:
    commented = archived(zipped({"a.json": FLOW, "b.txt": b"x"}, comment=b"made by Mara"))
    assert [r.before for r in commented.removed if r.where == "(comment)"] == ['"made by Mara"']
    owned = archived(tarred({"a.json": FLOW, "b.txt": b"x"}, owner="mara"))
    assert [r.before for r in owned.removed if r.where == "(owners)"] == ['["mara"]']
    for report in (commented, owned):
        assert report.packaged is not None
        assert b"ara" not in report.packaged.data.replace(b"parameters", b"")


def test_a_bomb_is_not_opened() -> None:
    report = archived(zipped({"flow.json": FLOW, "zeros": b"\0" * 3_000_000}))
    assert errors(report) == [("archive-bomb", "")]


def test_the_sum_of_all_entries_is_bounded() -> None:
    caps = Caps(max_unpacked=100_000)
    files = {f"{n}.txt": bytes([n]) * 30_000 for n in range(5)}
    for data in (zipped(files, stored=True), tarred(files), tarred(files, "w")):
        report = inspect_bytes(data, "x", caps=caps)
        # A plain tar is as long as what it holds, so it is bounded by the size of the file.
        assert errors(report) == [("archive-bomb", "")] or data[257:262] == b"ustar"


def test_a_gzip_bomb_stops_early() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(300)) + packer.flush()
    assert len(data) < 400_000
    assert errors(archived(data)) == [("archive-bomb", "")]


def test_a_declared_size_that_lies_is_not_believed() -> None:
    data = bytearray(zipped({"flow.json": FLOW, "big.txt": b"abc" * 40_000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.rfind(mark) + offset
        data[place : place + 4] = struct.pack("<I", 10)
    assert errors(archived(bytes(data))) == [("broken-entry", "big.txt")]


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
def test_entries_are_counted_before_they_are_read(pack: Pack) -> None:
    data = pack([(f"{n}.txt", b"") for n in range(60)])
    report = inspect_bytes(data, "x", caps=Caps(max_entries=50))
    assert ("too-many-entries", "") in errors(report)
    assert errors(inspect_bytes(data, "x", caps=Caps(max_entries=60))) == []


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04rest",
        b"PK\x05\x06" + b"\0" * 18,
        b"\x1f\x8b\x08rest",
        zipped({"flow.json": FLOW})[:-30],
        tarred({"flow.json": FLOW})[:-30],
        zipped({}),
    ],
)
def test_archives_that_are_none_say_so(data: bytes) -> None:
    report = archived(data)
    assert len(errors(report)) == 1
    assert errors(report)[0][0] in ("broken-archive", "empty-archive")
    assert report.packaged is None
    assert "again" in report.problems[0].message or "Pack" in report.problems[0].message


@pytest.mark.parametrize(
    ("place", "value"),
    [(slice(124, 136), b"777777777777"), (slice(124, 136), b"\xff" * 12),
     (slice(124, 136), b"\x80" + b"\xff" * 11), (slice(124, 136), b"not a number")],
)  # fmt: skip
def test_lengths_in_a_tar_are_not_believed(place: slice, value: bytes) -> None:
    data = bytearray(tarred({"flow.json": FLOW}, "w"))
    header = data[:512]
    header[place] = value
    data[:512] = with_checksum(header)
    assert [code for code, _ in errors(archived(bytes(data)))] == ["broken-archive"]


def test_endless_headers_in_a_tar_end() -> None:
    pax = bytearray(tarred({"x" * 150: b""}, "w")[:512])
    pax[124:136] = b"00000000000\0"
    data = with_checksum(pax) * 20_000 + tarred({"flow.json": FLOW}, "w")
    assert errors(archived(data)) == []


def test_long_names_in_tars_are_read() -> None:
    name = "folder/" + "n" * 150 + ".json"
    report = archived(tarred({name: FLOW, "b.txt": b"x"}))
    assert report.packaged is not None
    assert name in unzipped(report.packaged.data)
