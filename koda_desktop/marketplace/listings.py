"""The rules of listings: register, edit, read back. Decided here, predicted elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from koda_desktop.errors import (
    Conflict,
    GatesUnmet,
    InputError,
    KodaError,
    NotAllowed,
    NotFound,
    Refused,
)
from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import (
    UNREADABLE,
    Actor,
    DownloadGrant,
    Edit,
    EditAnswer,
    EditResult,
    FileFacts,
    Gate,
    GateCode,
    Json,
    ReadBack,
    Receipt,
    RegisterRequest,
    StoredPart,
)
from koda_desktop.marketplace.keys import object_key
from koda_desktop.marketplace.ports import (
    DocumentEdit,
    Objects,
    Products,
    Users,
)
from koda_desktop.marketplace.previews import FIELD as PREVIEW
from koda_desktop.marketplace.previews import foreign_preview, preview_gates, preview_grant
from koda_desktop.marketplace.receipts import has_receipt, is_applied
from koda_desktop.marketplace.revising import REVISED, ReviseRequest
from koda_desktop.marketplace.uploads import check_file, object_problems
from koda_desktop.models.listing_fields import check_changes, check_fields
from koda_desktop.models.product import ListedFile, read_product
from koda_desktop.models.user import User
from koda_desktop.models.vocabulary import REGISTERED_AS, ProductType

DELIVERY_SECONDS = 300
"""How long leave to download lives: the web application's five minutes."""

_DEVICE_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")


class Listings:
    """The rules of listings over their three ports."""

    def __init__(self, users: Users, products: Products, objects: Objects) -> None:
        self._users = users
        self._products = products
        self._objects = objects

    def register(self, actor: Actor, request: RegisterRequest) -> Json:
        """See ``Marketplace.register``."""
        user = accounts.find_user(self._users, actor)
        cleaned, wrong = check_fields(request.fields)
        foreign = foreign_preview(user, request.listing_id, cleaned.get(PREVIEW))
        gates = (
            *accounts.account_gates(user),
            _document_gate({PREVIEW: foreign} if foreign else wrong),
            *self._object_gates(user, request),
            *preview_gates(self._objects, user, request.listing_id, request.preview),
        )
        accounts.refuse_unmet(gates)
        assert user is not None
        check_file(request.listing_id, request.file)
        if not _is_sound(request.receipt):
            raise InputError("The operation’s receipt is not one.")
        document = _new_document(user, request, cleaned)
        if self._products.insert(document, request.receipt):
            return self._registered(request.listing_id)
        return self._settle_existing(user, request)

    def _registered(self, listing_id: str) -> Json:
        document = self._products.find(listing_id)
        if document is None:
            raise NotFound("The listing was removed just after it was registered.")
        return document

    def _settle_existing(self, user: User, request: RegisterRequest) -> Json:
        """A document of that id is there: ours from a lost reply, or somebody else's."""
        document = self._registered(request.listing_id)
        if document.get("sellerId") != user.id:
            raise Conflict("Another account’s listing has this id.")
        if not has_receipt(document, request.receipt):
            raise Conflict("This listing was already registered by other work.")
        return document

    def _object_gates(
        self, user: User | None, request: RegisterRequest | ReviseRequest
    ) -> tuple[Gate, ...]:
        owned = _owned_gate(user, request)
        if not owned.is_met:
            return (owned,)
        stored = self._objects.head(request.key)
        if stored is None:
            return (
                owned,
                Gate(
                    GateCode.OBJECT_STORED,
                    False,
                    "The file is not in the marketplace’s storage",
                    "Upload the file again.",
                ),
            )
        present = Gate(GateCode.OBJECT_STORED, True, "The file is stored")
        return (owned, present, *object_problems(self._objects, stored, request.file))

    def revise(self, actor: Actor, request: ReviseRequest) -> EditAnswer:
        """See ``Marketplace.revise``."""
        user = accounts.find_user(self._users, actor)
        _, wrong = check_changes({"version": request.version})
        gates = (
            *accounts.account_gates(user),
            _document_gate(wrong),
            *self._object_gates(user, request),
        )
        accounts.refuse_unmet(gates)
        assert user is not None
        check_file(request.listing_id, request.file)
        if not _is_sound(request.receipt):
            raise InputError("The operation’s receipt is not one.")
        edit = _revision(request)
        guarded = DocumentEdit(edit.listing_id, user.id, edit.changes, edit.base, edit.receipt)
        refused = self._products.edit([guarded])
        document = self._products.find(edit.listing_id)
        return _answer(edit, document, refused.get(edit.listing_id), user)

    def push(self, actor: Actor, edits: Sequence[Edit]) -> tuple[EditAnswer, ...]:
        """See ``Marketplace.push``."""
        user = accounts.may_write(self._users, actor)
        refusals = {
            index: refusal for index, edit in enumerate(edits) if (refusal := _bad(edit, user))
        }
        sound = [edit for index, edit in enumerate(edits) if index not in refusals]
        refused = self._products.edit([_guarded(edit, user) for edit in sound])
        documents = self._products.find_many([edit.listing_id for edit in sound])
        return tuple(
            refusals.get(index)
            or _answer(edit, documents.get(edit.listing_id), refused.get(edit.listing_id), user)
            for index, edit in enumerate(edits)
        )

    def read_back(self, actor: Actor, listing_id: str) -> ReadBack:
        """See ``Marketplace.read_back``."""
        document = self._own(actor, listing_id)
        preview = preview_grant(self._objects, document, DELIVERY_SECONDS)
        return ReadBack(document, self._download(document), preview)

    def part_checksums(self, actor: Actor, listing_id: str) -> tuple[StoredPart, ...]:
        """See ``Marketplace.part_checksums``."""
        return self._objects.part_checksums(_file(self._own(actor, listing_id)).key)

    def _own(self, actor: Actor, listing_id: str) -> Json:
        """The document of one's own listing. Raises NotFound, NotAllowed or Unverified."""
        user = accounts.signed_in(self._users, actor)
        document = self._products.find(listing_id)
        if document is None:
            raise NotFound("The marketplace has no listing with this id.")
        if document.get("sellerId") != user.id:
            raise NotAllowed("This listing belongs to another account.")
        if UNREADABLE in document:
            raise _unreadable(str(document[UNREADABLE]))
        return document

    def _download(self, document: Json) -> DownloadGrant:
        file = _file(document)
        signed = self._objects.sign_get(file.key, file.name, DELIVERY_SECONDS)
        return DownloadGrant(signed.url, signed.expires_at, file.size, file.sha256, file.name)


def _file(document: Json) -> ListedFile:
    """The file that is for sale. Raises NotFound when there is none."""
    files = _files(document)
    if not files:
        raise NotFound("This listing has no file.")
    return files[0]


def _files(document: Json) -> Sequence[ListedFile]:
    from pydantic import ValidationError

    try:
        return read_product(document).files
    except ValidationError as error:
        raise _unreadable("; ".join(str(one["loc"]) for one in error.errors())) from error


def _is_sound(receipt: Receipt) -> bool:
    """The device's id becomes part of a field path, so it may hold no dot and no dollar."""
    return is_device_id(receipt.device_id) and receipt.sequence >= 0


def is_device_id(text: str) -> bool:
    """Whether ``text`` can stand in a field path as the name of a device."""
    return _DEVICE_ID.match(text) is not None


def _document_gate(wrong: dict[str, str]) -> Gate:
    if not wrong:
        return Gate(GateCode.DOCUMENT_VALID, True, "The listing is complete")
    named = "; ".join(f"{name}: {sentence}" for name, sentence in wrong.items())
    return Gate(
        GateCode.DOCUMENT_VALID,
        False,
        f"The listing is not complete ({named.rstrip('.')})",
        "Correct these fields, then publish again.",
        wrong,
    )


def _owned_gate(user: User | None, request: RegisterRequest | ReviseRequest) -> Gate:
    is_met = user is not None and request.key == object_key(
        user.id, request.listing_id, request.file.sha256, request.file.name
    )
    return Gate(
        GateCode.OBJECT_OWNED,
        is_met,
        "The file is under your own prefix" if is_met else "The file is not where yours belong",
        "" if is_met else "Upload the file again.",
    )


def _new_document(user: User, request: RegisterRequest, cleaned: Json) -> Json:
    """The document of a new listing: the seller's fields, and everything only we may set."""
    preview = {} if request.preview is None else {PREVIEW: request.preview.key}
    return {
        "_id": request.listing_id,
        "__v": 0,
        **REGISTERED_AS,
        **cleaned,
        **({} if cleaned.get(PREVIEW) else preview),
        "sellerId": user.id,
        "productType": ProductType.AUTOMATION.value,
        "averageRating": 0,
        "reviewCount": 0,
        "fileUrl": request.key,
        "files": [_listed(request.file, request.key)],
    }


def _listed(file: FileFacts, key: str) -> Json:
    """One entry of a document's ``files``."""
    return {"key": key, "size": file.size, "sha256": file.sha256, "name": file.name}


def _revision(request: ReviseRequest) -> Edit:
    """The edit that a revision is: the other files of the listing stay as they are."""
    base = {name: request.base[name] for name in REVISED if name in request.base}
    files = base.get("files")
    others = files[1:] if isinstance(files, list) else []
    changes = {
        "fileUrl": request.key,
        "files": [_listed(request.file, request.key), *others],
        "version": request.version,
    }
    return Edit(request.listing_id, changes, base, request.receipt)


def _guarded(edit: Edit, user: User) -> DocumentEdit:
    cleaned, _ = check_changes(edit.changes)
    return DocumentEdit(edit.listing_id, user.id, cleaned, edit.base, edit.receipt)


def _bad(edit: Edit, user: User) -> EditAnswer | None:
    """The refusal of an edit whose values may not be written, or None."""
    _, wrong = check_changes(edit.changes)
    foreign = foreign_preview(user, edit.listing_id, edit.changes.get(PREVIEW))
    if foreign:
        wrong = {**wrong, PREVIEW: foreign}
    if not wrong and edit.changes and _is_sound(edit.receipt):
        return None
    named = "; ".join(f"{name}: {sentence}" for name, sentence in wrong.items())
    error: KodaError = GatesUnmet(
        f"The marketplace did not accept the change ({named or 'nothing to change'}).",
        remedy="Correct these fields, then try again.",
        facts={"fields": wrong},
    )
    return EditAnswer(EditResult.REFUSED, error=error.as_json())


def _answer(edit: Edit, document: Json | None, refusal: KodaError | None, user: User) -> EditAnswer:
    """What the read-back says became of an edit: a receipt in the document is the proof."""
    if document is None:
        return EditAnswer(EditResult.GONE)
    if document.get("sellerId") != user.id:
        error = NotAllowed("This listing belongs to another account.")
        return EditAnswer(EditResult.REFUSED, error=error.as_json())
    if UNREADABLE in document:
        unreadable = _unreadable(str(document[UNREADABLE]))
        return EditAnswer(EditResult.REFUSED, error=unreadable.as_json())
    if is_applied(document, edit.receipt):
        return EditAnswer(EditResult.APPLIED, document)
    if refusal is not None:
        return EditAnswer(EditResult.REFUSED, document, error=refusal.as_json())
    return EditAnswer(EditResult.MOVED, document, _moved_fields(edit, document))


def _unreadable(why: str) -> Refused:
    return Refused(
        f"The marketplace’s copy of this listing cannot be read: {why}",
        remedy="Tell the marketplace; once its copy is repaired, try again.",
    )


_ABSENT = object()


def _moved_fields(edit: Edit, document: Json) -> tuple[str, ...]:
    return tuple(
        name for name in edit.changes if document.get(name, _ABSENT) != edit.base.get(name, _ABSENT)
    )
