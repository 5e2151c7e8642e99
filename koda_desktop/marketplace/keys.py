"""Where a listing's file lives in the bucket: under its seller, its listing and its content.

A key names its bytes, so the same file asks for the same key again and a key is never overwritten.
"""

from __future__ import annotations

import re
import unicodedata

PREFIX = "listings"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_MAX = 100


def object_key(seller_id: str, listing_id: str, sha256: str, file_name: str) -> str:
    """The key of a file: ``listings/<seller>/<listing>/<sha256>/<name>``."""
    return f"{listing_prefix(seller_id, listing_id)}{sha256}/{safe_name(file_name)}"


def listing_prefix(seller_id: str, listing_id: str) -> str:
    """Every key of a listing begins with this."""
    return f"{seller_prefix(seller_id)}{listing_id}/"


def is_key(text: str) -> bool:
    """Whether ``text`` names an object of ours, whoever's it is."""
    return text.lstrip("/").startswith(f"{PREFIX}/")


def seller_prefix(seller_id: str) -> str:
    """Every key of a seller begins with this."""
    return f"{PREFIX}/{seller_id}/"


def safe_name(file_name: str) -> str:
    """``file_name`` in plain ASCII without separators, for keys; never empty or dots alone."""
    ascii_name = unicodedata.normalize("NFKD", file_name).encode("ascii", "ignore").decode()
    name = _UNSAFE.sub("-", ascii_name).strip("-.")
    if len(name) > _NAME_MAX:
        stem, dot, suffix = name.rpartition(".")
        keep = _NAME_MAX - len(dot) - len(suffix)
        name = stem[:keep] + dot + suffix if keep > 0 and stem else name[:_NAME_MAX]
    return name or "file"
