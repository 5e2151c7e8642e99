"""The ASGI application: who may ask, which operation is meant, and how a refusal is written."""

from __future__ import annotations

import contextlib
import errno
import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from koda_desktop.services.sandbox.objectstore import bucket_operations as buckets
from koda_desktop.services.sandbox.objectstore import completion, listing, multipart
from koda_desktop.services.sandbox.objectstore import object_operations as objects
from koda_desktop.services.sandbox.objectstore.answers import failure
from koda_desktop.services.sandbox.objectstore.authentication import Authenticator
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.request import S3Request
from koda_desktop.services.sandbox.objectstore.settings import refuse_unknown
from koda_desktop.services.sandbox.objectstore.store import Store

Operation = Callable[[Store, S3Request], Awaitable[Response]]

# (level, method, the query parameter that names a sub-resource)
_OPERATIONS: dict[tuple[str, str, str], Operation] = {
    ("service", "GET", ""): buckets.list_buckets,
    ("bucket", "PUT", ""): buckets.create_bucket,
    ("bucket", "HEAD", ""): buckets.head_bucket,
    ("bucket", "DELETE", ""): buckets.delete_bucket,
    ("bucket", "GET", ""): listing.list_objects,
    ("bucket", "GET", "uploads"): listing.list_uploads,
    ("bucket", "POST", "delete"): buckets.delete_objects,
    ("object", "PUT", ""): objects.put_object,
    ("object", "GET", ""): objects.get_object,
    ("object", "HEAD", ""): objects.head_object,
    ("object", "DELETE", ""): objects.delete_object,
    ("object", "POST", "uploads"): multipart.create_upload,
    ("object", "PUT", "uploadId"): multipart.upload_part,
    ("object", "GET", "uploadId"): multipart.list_parts,
    ("object", "POST", "uploadId"): completion.complete_upload,
    ("object", "DELETE", "uploadId"): multipart.abort_upload,
}
_SUBRESOURCES = ("uploads", "uploadId", "delete")
# Parameters that refine an operation. Any other one asks for something that is not here.
_REFINEMENTS = {
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "key-marker",
    "list-type",
    "max-keys",
    "max-parts",
    "max-uploads",
    "part-number-marker",
    "partNumber",
    "prefix",
    "start-after",
    "upload-id-marker",
    "x-id",
}
_FULL = {errno.ENOSPC, errno.EDQUOT}


class ObjectStoreApp:
    """Speaks the S3 API over ``store`` for the keys ``authenticator`` knows."""

    def __init__(self, store: Store, authenticator: Authenticator) -> None:
        self._store = store
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request_id = secrets.token_hex(8).upper()
        try:
            request = S3Request(scope, receive)
        except S3Error as error:
            response = failure(error, scope["path"], request_id)
            response.headers["connection"] = "close"
        else:
            response = await self._answer(request, request_id)
            # Whatever came next on this connection would be taken for the rest of the body.
            if request.has_unread_body:
                response.headers["connection"] = "close"
        response.headers["x-amz-request-id"] = request_id
        await response(scope, receive, send)

    async def _answer(self, request: S3Request, request_id: str) -> Response:
        try:
            self._authenticator.check(request, datetime.now(UTC))
            refuse_unknown(request)
            with _disk_full():
                return await _operation(request)(self._store, request)
        except S3Error as error:
            await request.drain()
            return failure(error, request.path, request_id)


@contextlib.contextmanager
def _disk_full() -> Iterator[None]:
    """Turn a full disk into the answer that says so."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise S3Error("InsufficientStorage") from error
        raise


def _operation(request: S3Request) -> Operation:
    """Raises NotImplemented for what S3 has and this store has not."""
    level = "object" if request.key else "bucket" if request.bucket else "service"
    named = next((name for name in _SUBRESOURCES if request.has(name)), "")
    operation = _OPERATIONS.get((level, request.method, named))
    if operation is None:
        raise S3Error("MethodNotAllowed" if not named else "NotImplemented")
    if operation is objects.put_object and request.has("partNumber"):
        raise S3Error("InvalidArgument", "A part needs an uploadId.")
    unknown = next((name for name, _ in request.query if not _is_known(name, named)), None)
    if unknown is not None:
        raise S3Error("NotImplemented", f"This store does not implement {unknown!r}.")
    return operation


def _is_known(parameter: str, subresource: str) -> bool:
    if parameter == subresource or parameter in _REFINEMENTS:
        return True
    return parameter.startswith("response-") or parameter.lower().startswith("x-amz-")
