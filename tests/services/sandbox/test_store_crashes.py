"""The object store across stops, kill -9 and a full disk: what was acknowledged stays."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from koda_desktop.errors import MissingResource
from koda_desktop.services.sandbox import announced
from koda_desktop.services.sandbox.objectstore.app import _disk_full
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.sealed import Draft, ObjectInfo, info_at
from koda_desktop.services.sandbox.objectstore.store import Store
from koda_desktop.services.sandbox.objectstore.uploads import Upload
from koda_desktop.services.sandbox.store_process import ObjectStoreProcess
from tests.fixtures_servers import ObjectStoreServer, make_bucket
from tests.services.sandbox.conftest import client_for


def data_of(folder: Path) -> Path:
    return folder / "own-objectstore" / "data"


def test_objects_survive_a_stop_and_keep_their_address(own_object_store: ObjectStoreServer) -> None:
    bucket = make_bucket(own_object_store)
    s3 = client_for(own_object_store)
    s3.put_object(Bucket=bucket.name, Key="k", Body=b"kept", Metadata={"a": "b"})
    own_object_store.process.stop()
    with pytest.raises(BotoCoreError):
        s3.get_object(Bucket=bucket.name, Key="k")
    own_object_store.process.start()
    assert own_object_store.endpoint == bucket.endpoint
    got = s3.get_object(Bucket=bucket.name, Key="k")
    assert (got["Body"].read(), got["Metadata"]) == (b"kept", {"a": "b"})
    s3.close()


def test_kill_under_writers_loses_nothing_acknowledged(
    own_object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    """Four writers, killed in the middle, three times."""
    bucket = make_bucket(own_object_store)
    acknowledged: dict[str, bytes] = {}
    for round_number in range(3):
        enough = threading.Semaphore(0)

        def write(
            worker: int, base: int = round_number, done: threading.Semaphore = enough
        ) -> None:
            s3 = client_for(own_object_store)
            for number in range(1000):
                key = f"{base}-{worker}-{number}"
                body = key.encode() * 20_000
                try:
                    s3.put_object(Bucket=bucket.name, Key=key, Body=body)
                except (BotoCoreError, ClientError):
                    break
                acknowledged[key] = body
                done.release()
            s3.close()

        writers = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
        for writer in writers:
            writer.start()
        for _ in range(40):
            assert enough.acquire(timeout=30)
        own_object_store.process.kill()
        for writer in writers:
            writer.join()
        own_object_store.process.start()

    assert len(acknowledged) >= 120
    assert list((data_of(tmp_path) / "temporary").iterdir()) == []
    s3 = client_for(own_object_store)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket.name)
    listed = {entry["Key"]: entry["Size"] for page in pages for entry in page["Contents"]}
    assert listed.keys() >= acknowledged.keys()
    for key in listed:
        # Also those that were stored but whose answer was lost: whole or not there at all.
        body = s3.get_object(Bucket=bucket.name, Key=key)["Body"].read()
        assert body == acknowledged.get(key, key.encode() * 20_000)
    s3.close()


def test_parts_survive_a_kill_and_can_be_completed(own_object_store: ObjectStoreServer) -> None:
    bucket = make_bucket(own_object_store)
    s3 = client_for(own_object_store)
    where: Any = {"Bucket": bucket.name, "Key": "big"}
    upload_id = s3.create_multipart_upload(**where)["UploadId"]
    first = s3.upload_part(**where, UploadId=upload_id, PartNumber=1, Body=b"a" * 5 * 1024 * 1024)
    own_object_store.process.kill()
    own_object_store.process.start()
    listed = s3.list_parts(**where, UploadId=upload_id)["Parts"]
    assert [(part["PartNumber"], part["ETag"]) for part in listed] == [(1, first["ETag"])]
    last = s3.upload_part(**where, UploadId=upload_id, PartNumber=2, Body=b"b")
    parts: Any = [{"PartNumber": 1, "ETag": first["ETag"]}, {"PartNumber": 2, "ETag": last["ETag"]}]
    s3.complete_multipart_upload(**where, UploadId=upload_id, MultipartUpload={"Parts": parts})
    assert s3.head_object(**where)["ContentLength"] == 5 * 1024 * 1024 + 1
    s3.close()


def test_a_second_process_over_one_folder_adopts_the_first(
    own_object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    server = own_object_store
    keys = {server.access_key_id: server.secret_access_key}
    second = ObjectStoreProcess(tmp_path / "own-objectstore", keys)
    second.start()
    assert (second.pid, second.endpoint) == (server.process.pid, server.endpoint)
    second.release()
    assert server.process.is_running


def test_credentials_are_never_on_the_command_line(
    own_object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    command = " ".join(own_object_store.process._command(1))
    assert own_object_store.secret_access_key not in command
    keys = tmp_path / "own-objectstore" / "keys.json"
    assert own_object_store.secret_access_key in keys.read_text()
    if os.name == "posix":
        assert keys.stat().st_mode & 0o077 == 0


def test_signed_urls_do_not_reach_the_log(
    own_object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    bucket = make_bucket(own_object_store)
    s3 = client_for(own_object_store)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket.name, "Key": "k"})
    import httpx

    assert httpx.get(url).status_code == 404
    s3.close()
    assert (tmp_path / "own-objectstore" / "objectstore.log").read_bytes() == b""


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(announced, "_NEEDS", ("starlette", "no_such_module"))
    with pytest.raises(MissingResource, match="no_such_module") as error:
        ObjectStoreProcess(tmp_path / "s", {"k": "s"}).start()
    assert "koda-desktop[sandbox]" in error.value.remedy


def test_a_full_disk_is_answered_in_plain_words() -> None:
    with pytest.raises(S3Error) as error, _disk_full():
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (error.value.status, error.value.code) == (507, "InsufficientStorage")
    with pytest.raises(IsADirectoryError), _disk_full():
        raise IsADirectoryError


def stored_object(store: Store, key: str, upload_id: str = "") -> None:
    with store.buckets.draft(set()) as draft:
        draft.write(b"x")
        store.buckets.get("abc").publish(
            draft, ObjectInfo(key, upload_id=upload_id), lambda _: None
        )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store.open(tmp_path, "us-east-1")
    opened.buckets.create("abc")
    return opened


def test_an_upload_completed_just_before_a_crash_is_gone_after_it(
    store: Store, tmp_path: Path
) -> None:
    """The object was published, its parts were not yet removed."""
    for upload_id, key in (("u1", "done"), ("u2", "open")):
        store.uploads.create(Upload(upload_id, "abc", key, 0))
    stored_object(store, "done", upload_id="u1")
    stored_object(store, "open", upload_id="an earlier one")
    again = Store.open(tmp_path, "us-east-1")
    assert [upload.upload_id for upload in again.uploads.of_bucket("abc")] == ["u2"]
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == ["u2"]


def test_a_refused_publication_leaves_nothing(store: Store, tmp_path: Path) -> None:
    def refuse(_: ObjectInfo | None) -> None:
        raise S3Error("PreconditionFailed")

    with store.buckets.draft(set()) as draft:
        draft.write(b"x")
        with pytest.raises(S3Error):
            store.buckets.get("abc").publish(draft, ObjectInfo("k"), refuse)
    assert store.buckets.get("abc").find("k") is None
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("cut", [lambda size: 0, lambda size: 10, lambda size: size - 1])
def test_half_a_file_is_never_taken_for_an_object(
    tmp_path: Path, cut: Callable[[int], int]
) -> None:
    with Draft(tmp_path, set()) as draft:
        draft.write(b"content")
        draft.seal(ObjectInfo("k"))
        assert info_at(draft.path).size == len(b"content")
        os.truncate(draft.path, cut(draft.path.stat().st_size))
        with pytest.raises(ValueError, match="not a sealed file"):
            info_at(draft.path)


def test_nobody_looks_while_another_writer_decides(store: Store) -> None:
    """Between a writer's condition and its rename no other writer's condition may be asked."""
    bucket = store.buckets.get("abc")
    deciding, go_on, asked = threading.Event(), threading.Event(), threading.Event()
    seen: list[ObjectInfo | None] = []

    def slow(_: ObjectInfo | None) -> None:
        deciding.set()
        assert go_on.wait(timeout=30)

    def note(there: ObjectInfo | None) -> None:
        seen.append(there)
        asked.set()

    def publish(condition: Callable[[ObjectInfo | None], None]) -> None:
        with store.buckets.draft(set()) as draft:
            bucket.publish(draft, ObjectInfo("k", etag="first"), condition)

    first = threading.Thread(target=publish, args=(slow,))
    first.start()
    assert deciding.wait(timeout=30)
    second = threading.Thread(target=publish, args=(note,))
    second.start()
    assert not asked.wait(timeout=0.2)
    go_on.set()
    first.join()
    second.join()
    assert [info.etag for info in seen if info is not None] == ["first"]
