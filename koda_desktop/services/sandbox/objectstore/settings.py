"""What a request asks to be kept with an object, and which ``x-amz-`` headers are understood."""

from __future__ import annotations

from collections.abc import Mapping

from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.request import S3Request
from koda_desktop.services.sandbox.objectstore.sealed import ObjectInfo

META = "x-amz-meta-"
DEFAULT_TYPE = "binary/octet-stream"
_METADATA_LIMIT = 2048
_KEPT = (
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
)
_OVERRIDES = {f"response-{name}": name for name in _KEPT}
_UNDERSTOOD = {
    # signing
    "x-amz-algorithm",
    "x-amz-content-sha256",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-signature",
    "x-amz-signedheaders",
    # bodies and checksums
    "x-amz-checksum-algorithm",
    "x-amz-checksum-mode",
    "x-amz-checksum-type",
    "x-amz-decoded-content-length",
    "x-amz-mp-object-size",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-trailer",
    # said for statistics only
    "x-amz-user-agent",
}


def refuse_unknown(request: S3Request) -> None:
    """Raise NotImplemented for an ``x-amz-`` setting this store would otherwise ignore."""
    for name in request.amazon_headers():
        if name in _UNDERSTOOD or name.startswith((META, "x-amz-checksum-")):
            continue
        raise S3Error(
            "NotImplemented",
            "A header you provided implies functionality that is not implemented.",
            Header=name,
        )


def kept_headers(request: S3Request) -> dict[str, str]:
    """The headers a PUT wants given back on GET."""
    kept = {name: request.headers[name] for name in _KEPT if name in request.headers}
    encodings = (item.strip() for item in kept.pop("content-encoding", "").split(","))
    stored = [item for item in encodings if item and item != "aws-chunked"]
    if stored:
        kept["content-encoding"] = ",".join(stored)
    return {"content-type": DEFAULT_TYPE, **kept}


def kept_metadata(request: S3Request) -> dict[str, str]:
    """The user metadata without its prefix. Raises MetadataTooLarge above 2 KB, as S3 counts."""
    metadata = {
        name.removeprefix(META): value
        for name, value in request.amazon_headers().items()
        if name.startswith(META)
    }
    if sum(len(name) + len(value) for name, value in metadata.items()) > _METADATA_LIMIT:
        raise S3Error("MetadataTooLarge")
    return metadata


def answer_headers(request: S3Request, info: ObjectInfo) -> dict[str, str]:
    """The headers of GET and HEAD: what was kept, with the overrides the URL asks for."""
    metadata = {f"{META}{name}": value for name, value in info.metadata.items()}
    overrides = {
        header: _header_value(name, value)
        for name, header in _OVERRIDES.items()
        if (value := request.parameter(name)) is not None
    }
    return {**info.headers, **metadata, **overrides}


def checksum_headers(info: ObjectInfo) -> Mapping[str, str]:
    if not info.checksums:
        return {}
    values = {f"x-amz-checksum-{name}": value for name, value in info.checksums.items()}
    return {**values, "x-amz-checksum-type": info.checksum_type}


def _header_value(name: str, value: str) -> str:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError as error:
        raise S3Error(
            "InvalidArgument",
            "Header value cannot be represented using ISO-8859-1.",
            ArgumentName=name,
        ) from error
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in value):
        raise S3Error("InvalidArgument", "Header value holds a control character.")
    return value
