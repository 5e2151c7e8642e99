"""ListBuckets, CreateBucket, HeadBucket, DeleteBucket, GetBucketLocation, DeleteObjects."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from koda_desktop.services.sandbox.objectstore import xml
from koda_desktop.services.sandbox.objectstore.answers import document, empty, iso
from koda_desktop.services.sandbox.objectstore.bodies import receive_xml
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.request import S3Request
from koda_desktop.services.sandbox.objectstore.store import Store

_MAX_DELETES = 1000


async def list_buckets(store: Store, request: S3Request) -> Response:
    buckets = [
        ("Bucket", (("Name", bucket.name), ("CreationDate", iso(bucket.created_ms))))
        for bucket in store.buckets.all()
    ]
    owner = (("ID", "sandbox"), ("DisplayName", "sandbox"))
    return document("ListAllMyBucketsResult", [("Owner", owner), ("Buckets", buckets)])


async def create_bucket(store: Store, request: S3Request) -> Response:
    if request.headers.get("content-length", "0") != "0":
        await _check_location(store, request)
    await run_in_threadpool(store.buckets.create, request.bucket)
    return empty(headers={"location": f"/{request.bucket}"})


async def head_bucket(store: Store, request: S3Request) -> Response:
    store.buckets.get(request.bucket)
    return empty(headers={"x-amz-bucket-region": store.region})


async def delete_bucket(store: Store, request: S3Request) -> Response:
    if store.uploads.of_bucket(request.bucket):
        raise S3Error("BucketNotEmpty")
    await run_in_threadpool(store.buckets.delete, request.bucket)
    return empty(204)


async def delete_objects(store: Store, request: S3Request) -> Response:
    bucket = store.buckets.get(request.bucket)
    root = xml.parse(await receive_xml(request, store.buckets), "Delete")
    keys = [xml.text(item, "Key") for item in xml.children(root, "Object")]
    if not 0 < len(keys) <= _MAX_DELETES or None in keys:
        raise S3Error("MalformedXML")
    for key in keys:
        await run_in_threadpool(bucket.remove, key or "")
    quiet = xml.text(root, "Quiet") == "true"
    return document(
        "DeleteResult", [] if quiet else [("Deleted", (("Key", key or ""),)) for key in keys]
    )


async def _check_location(store: Store, request: S3Request) -> None:
    body = await receive_xml(request, store.buckets)
    location = xml.text(xml.parse(body, "CreateBucketConfiguration"), "LocationConstraint")
    if location not in (None, store.region):
        raise S3Error("InvalidArgument", f"This store is in the region {store.region}.")
