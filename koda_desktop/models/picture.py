"""Preview pictures of listings: PNG, JPEG or WebP, told by their bytes and never by their names.

Only headers are read: nothing is decoded here. Pure and light, so that the rules, the commands and
the pages hold a picture to the same limits.
"""

from __future__ import annotations

from dataclasses import dataclass

from koda_desktop.errors import InputError

PICTURE_MAX = 5 * 1024 * 1024
"""The most bytes of a preview picture."""

SIDE_MAX = 8_192
"""The most pixels of one side: what every browser paints."""

SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
"""The media types a preview may have, each with the ending of its file's name."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# A frame's header is any of SOF0 to SOF15 without DHT, JPG and DAC (ITU-T T.81, table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_REMEDY = "Choose a PNG, JPEG or WebP picture of at most 5 MB."


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What the header of a picture says; ``width`` and ``height`` in pixels."""

    media_type: str
    width: int
    height: int


def read_picture(data: bytes) -> PictureFacts:
    """What ``data`` is a picture of. Raises InputError for anything that no preview can be."""
    if len(data) > PICTURE_MAX:
        raise InputError("This picture is larger than 5 MB.", remedy=_REMEDY)
    facts = _png(data) or _jpeg(data) or _webp(data)
    if facts is None:
        raise InputError("This file is not a picture that can be shown.", remedy=_REMEDY)
    if not (0 < facts.width <= SIDE_MAX and 0 < facts.height <= SIDE_MAX):
        raise InputError(
            f"This picture has {facts.width} × {facts.height} pixels.",
            remedy=f"Choose one with at most {SIDE_MAX} pixels a side.",
        )
    return facts


def _png(data: bytes) -> PictureFacts | None:
    """PNG (W3C), section 11.2.1: the first chunk is IHDR and begins with the size."""
    if data[:8] != _PNG or data[12:16] != b"IHDR" or len(data) < 33:
        return None
    return PictureFacts("image/png", _big(data[16:20]), _big(data[20:24]))


def _jpeg(data: bytes) -> PictureFacts | None:
    """ITU-T T.81, annex B: marker segments up to the frame header, which holds the size."""
    if data[:3] != _JPEG:
        return None
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in _FRAMES:
            height, width = _big(data[place + 5 : place + 7]), _big(data[place + 7 : place + 9])
            return PictureFacts("image/jpeg", width, height)
        if marker == 0xFF:
            place += 1
        elif marker in _ALONE:
            place += 2
        else:
            # A segment's length counts its own two bytes.
            place += 2 + max(2, _big(data[place + 2 : place + 4]))
    return None


def _webp(data: bytes) -> PictureFacts | None:
    """RFC 9649: a RIFF file whose first chunk holds the size, in one of three ways."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return _webp_facts(_little(data[24:27]) + 1, _little(data[27:30]) + 1)
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = _little(data[21:25])
        return _webp_facts((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return _webp_facts(_little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF)
    return None


def _webp_facts(width: int, height: int) -> PictureFacts:
    return PictureFacts("image/webp", width, height)


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
