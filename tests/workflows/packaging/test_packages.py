"""Packages: the same bytes everywhere, readable by every tool, with a manifest that is true."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.workflows.packaging.containers import tar_gz_bytes, zip_bytes
from koda_desktop.workflows.packaging.manifest import (
    Contents,
    altered,
    is_manifest,
    manifest_bytes,
    named,
)

_FILES = {"b/two.txt": b"2" * 70_000, "a.txt": b"1", "é.txt": b"", "c/" + "n" * 120: b"3"}
_PATHS = st.text("abcé_", min_size=1, max_size=12)
_TREES = st.dictionaries(_PATHS, st.binary(max_size=200), max_size=6)


def test_a_zip_says_nothing_of_this_computer() -> None:
    data = zip_bytes(_FILES, first=("b/two.txt",))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        assert archive.testzip() is None
    assert [entry.filename for entry in entries] == [
        "b/two.txt", "a.txt", "c/" + "n" * 120, "é.txt",
    ]  # fmt: skip
    for entry in entries:
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.compress_type == zipfile.ZIP_STORED
        assert (entry.create_system, entry.external_attr >> 16) == (3, 0o100644)
        assert (entry.extra, entry.comment) == (b"", b"")


def test_a_tar_says_nothing_of_this_computer() -> None:
    data = tar_gz_bytes(_FILES)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for entry in archive.getmembers():
            assert (entry.mtime, entry.uid, entry.gid, entry.mode) == (0, 0, 0, 0o644)
            assert (entry.uname, entry.gname) == ("", "")
            stream = archive.extractfile(entry)
            assert stream is not None
            assert stream.read() == _FILES[entry.name]


def test_these_bytes_never_change() -> None:
    """Worked out by hand from the formats: a change here would change every seller's package."""
    local = b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0\xb7\xef\xdc\x83\x01\0\0\0\x01\0\0\0\x01\0\0\0a1"
    central = (
        b"PK\x01\x02\x14\x03\x14\0\0\0\0\0\0\0!\0\xb7\xef\xdc\x83\x01\0\0\0\x01\0\0\0\x01\0\0\0\0\0"
        b"\0\0\0\0\0\0\xa4\x81\0\0\0\0a"
    )
    end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0/\0\0\0 \0\0\0\0\0"
    assert zip_bytes({"a": b"1"}) == local + central + end


@given(_TREES)
def test_what_is_packed_comes_out_again(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(zip_bytes(files))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert zip_bytes(dict(reversed(files.items()))) == zip_bytes(files)
    plain = gzip.decompress(tar_gz_bytes(files))
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        assert set(archive.getnames()) == set(files)
    assert tar_gz_bytes(dict(reversed(files.items()))) == tar_gz_bytes(files)


def test_the_manifest_tells_what_is_needed() -> None:
    contents = Contents(
        "Leads", "1.2.0", "n8n", ("Slack",), ("slackApi",), ("requests>=2",), "Python >=3.11"
    )
    document = json.loads(manifest_bytes(contents, _FILES))
    assert is_manifest(document)
    assert named(document) == ("Leads", "1.2.0")
    assert (document["formatVersion"], document["platform"]) == (1, "n8n")
    assert document["requirements"] == {
        "integrations": ["Slack"], "credentials": ["slackApi"], "packages": ["requests>=2"],
        "platformVersion": "Python >=3.11",
    }  # fmt: skip
    assert document["files"][0] == {
        "path": "a.txt", "size": 1, "sha256": hashlib.sha256(b"1").hexdigest(),
    }  # fmt: skip
    assert [entry["path"] for entry in document["files"]] == sorted(_FILES)


@given(_TREES, _TREES)
def test_a_manifest_knows_its_files(files: dict[str, bytes], others: dict[str, bytes]) -> None:
    document = json.loads(manifest_bytes(Contents("x", "1.0.0", "n8n"), files))
    assert altered(document, files) == ()
    different = {
        path for path in files.keys() | others.keys() if files.get(path) != others.get(path)
    }
    assert set(altered(document, others)) == different


def test_other_documents_are_no_manifests() -> None:
    documents: tuple[object, ...] = ({}, [], None, {"format": "koda-package"}, {"files": []})
    for document in documents:
        assert not is_manifest(document)
    assert altered({"files": [3, {"path": 4}, {}]}, {}) == ()
    assert named({"name": 3, "version": None}) == ("", "")
