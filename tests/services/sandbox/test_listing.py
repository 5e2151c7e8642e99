"""ListObjectsV2 against a plain model of what S3 promises."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from mypy_boto3_s3 import S3Client

from koda_desktop.services.sandbox.objectstore.listing import _page
from koda_desktop.services.sandbox.objectstore.sealed import ObjectInfo
from koda_desktop.services.sandbox.objectstore.store import Store
from tests.fixtures_servers import S3Bucket

KEYS = st.sets(st.text("ab/\U0010ffff", min_size=1, max_size=6), max_size=20)


def expected(keys: set[str], prefix: str, delimiter: str) -> tuple[list[str], list[str]]:
    """Objects and common prefixes by their definition."""
    matching = sorted(key for key in keys if key.startswith(prefix))
    plain: list[str] = []
    groups: list[str] = []
    for key in matching:
        rest = key.removeprefix(prefix)
        if delimiter and delimiter in rest:
            group = prefix + rest.split(delimiter)[0] + delimiter
            if group not in groups:
                groups.append(group)
        else:
            plain.append(key)
    return plain, groups


@given(KEYS, st.text("ab/", max_size=2), st.sampled_from(["", "/", "b"]), st.integers(1, 5))
def test_pages_put_together_are_the_whole(
    keys: set[str], prefix: str, delimiter: str, limit: int
) -> None:
    plain: list[str] = []
    groups: list[str] = []
    last, more = "", True
    while more:
        rest = (ObjectInfo(key) for key in sorted(keys) if key >= prefix and key > last)
        page = _page(rest, prefix, delimiter, limit, last)
        assert page.count <= limit
        plain += [info.key for info in page.objects]
        groups += page.prefixes
        more, last = page.next_key is not None, page.next_key or ""
    assert (plain, groups) == expected(keys, prefix, delimiter)


def test_paging_through_boto3(any_s3: S3Client, bucket: S3Bucket) -> None:
    keys = [f"p/{number:03}" for number in range(25)] + ["other", "p/x/y", "p/x/z"]
    for key in keys:
        any_s3.put_object(Bucket=bucket.name, Key=key, Body=key.encode())
    pages = list(
        any_s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket.name, Prefix="p/", Delimiter="/", PaginationConfig={"PageSize": 10}
        )
    )
    assert [page["KeyCount"] for page in pages] == [10, 10, 6]
    assert [entry["Key"] for page in pages for entry in page.get("Contents", [])] == keys[:25]
    assert pages[-1]["CommonPrefixes"] == [{"Prefix": "p/x/"}]
    later = any_s3.list_objects_v2(Bucket=bucket.name, StartAfter="p/023")
    assert [entry["Key"] for entry in later["Contents"]] == ["p/024", "p/x/y", "p/x/z"]
    assert later["Contents"][0]["Size"] == 5


def test_start_after_inside_a_group_still_names_the_group(s3: S3Client, bucket: S3Bucket) -> None:
    for key in ("a/1", "a/2", "b"):
        s3.put_object(Bucket=bucket.name, Key=key, Body=b"")
    answer = s3.list_objects_v2(Bucket=bucket.name, Delimiter="/", StartAfter="a/1")
    assert answer["CommonPrefixes"] == [{"Prefix": "a/"}]


def test_the_list_is_read_from_disk_and_kept_true(tmp_path: Path) -> None:
    store = Store.open(tmp_path, "us-east-1")
    store.buckets.create("abc")
    bucket = store.buckets.get("abc")

    def put(key: str) -> None:
        with store.buckets.draft(set()) as draft:
            draft.write(key.encode())
            bucket.publish(draft, ObjectInfo(key), lambda _: None)

    for key in ("b", "a"):
        put(key)
    assert [info.key for info in bucket.after("")] == ["a", "b"]
    put("aa")
    put("b")
    bucket.remove("a")
    again = Store.open(tmp_path, "us-east-1").buckets.get("abc")
    for view in (bucket, again):
        assert [(info.key, info.size) for info in view.after("")] == [("aa", 2), ("b", 1)]
