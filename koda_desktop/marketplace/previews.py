"""The rules of preview pictures: whose they are, what they may be, and how they are read back.

A listing's ``previewImageUrl`` holds either an address that the seller wrote or the key of a
picture in the bucket (docs/decisions/0001). Whoever shows a listing signs leave to read such a key,
so that nobody may name an object there that is not their own.
"""

from __future__ import annotations

from koda_desktop.errors import InputError
from koda_desktop.marketplace.api import DownloadGrant, Gate, GateCode, Json, StoredPreview
from koda_desktop.marketplace.keys import is_key, listing_prefix, object_key
from koda_desktop.marketplace.ports import Objects
from koda_desktop.marketplace.uploads import check_file, object_problems
from koda_desktop.models.picture import PICTURE_MAX, SUFFIXES
from koda_desktop.models.user import User

FIELD = "previewImageUrl"
_REMEDY = "Choose another picture, or none, then publish again."


def preview_gates(
    objects: Objects, user: User | None, listing_id: str, preview: StoredPreview | None
) -> tuple[Gate, ...]:
    """The gate of a registration's preview; none where it has no preview."""
    if preview is None:
        return ()
    wrong = _wrong(objects, user, listing_id, preview)
    if wrong:
        return (Gate(GateCode.PREVIEW_SOUND, False, wrong, _REMEDY),)
    return (Gate(GateCode.PREVIEW_SOUND, True, "The preview picture is stored"),)


def _wrong(objects: Objects, user: User | None, listing_id: str, preview: StoredPreview) -> str:
    """What is wrong with a preview, in words; empty when it is sound."""
    file = preview.file
    if user is None or preview.key != object_key(user.id, listing_id, file.sha256, file.name):
        return "The preview picture is not where yours belong"
    if file.media_type not in SUFFIXES:
        return "The preview is not a PNG, JPEG or WebP picture"
    if file.size > PICTURE_MAX:
        return "The preview picture is larger than 5 MB"
    try:
        check_file(listing_id, file)
    except InputError as error:
        return error.what.rstrip(".")
    stored = objects.head(preview.key)
    if stored is None:
        return "The preview picture is not in the marketplace’s storage"
    if stored.media_type != file.media_type:
        return "The preview picture is stored as another kind of file"
    problems = object_problems(objects, stored, file)
    return f"The preview picture is not yours: {problems[0].what}" if problems else ""


def foreign_preview(user: User | None, listing_id: str, value: object) -> str:
    """What is wrong with a ``previewImageUrl`` that a seller writes; empty when it may be there."""
    is_text = isinstance(value, str) and is_key(value)
    if not is_text or (user is not None and _is_own(user.id, listing_id, value)):
        return ""
    return "Write the address of a picture here."


def _is_own(seller_id: str, listing_id: str, value: object) -> bool:
    return isinstance(value, str) and value.startswith(listing_prefix(seller_id, listing_id))


def preview_grant(objects: Objects, document: Json, seconds: int) -> DownloadGrant | None:
    """Leave to read the picture in a listing's ``previewImageUrl``, if it is one of its objects."""
    key = document.get(FIELD)
    prefix = listing_prefix(str(document.get("sellerId")), str(document.get("_id")))
    if not isinstance(key, str) or not key.startswith(prefix):
        return None
    stored = objects.head(key)
    if stored is None:
        return None
    sha256, _, name = key.removeprefix(prefix).partition("/")
    signed = objects.sign_get(key, name, seconds)
    return DownloadGrant(signed.url, signed.expires_at, stored.size, sha256, name)
