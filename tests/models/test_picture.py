"""Pictures told by their bytes: what Qt writes is read, and what is none is refused in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from koda_desktop.errors import InputError
from koda_desktop.models.picture import PICTURE_MAX, SIDE_MAX, PictureFacts, read_picture
from tests.pictures import png


def written(kind: bytes, width: int, height: int, quality: int = -1) -> bytes:
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(0x80336699)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(kind))
    writer.setQuality(quality)
    assert writer.write(image), writer.errorString()
    return bytes(buffer.data().data())


@pytest.mark.parametrize("quality", [50, 100])
@pytest.mark.parametrize("kind", [b"png", b"jpeg", b"webp"])
def test_what_is_written_elsewhere_is_read(kind: bytes, quality: int) -> None:
    found = read_picture(written(kind, 641, 359, quality))
    assert found == PictureFacts(f"image/{kind.decode()}", 641, 359)


@pytest.mark.parametrize(
    ("chunk", "size"),
    [
        (b"VP8X" + bytes(8) + b"\x7f\x02\0\x66\x01\0", (640, 359)),
        (b"VP8 " + bytes(7) + b"\x9d\x01\x2a\x80\x42\x67\x01", (640, 359)),
    ],
    ids=["extended", "lossy"],
)
def test_the_other_ways_of_webp(chunk: bytes, size: tuple[int, int]) -> None:
    facts = read_picture(b"RIFF" + bytes(4) + b"WEBP" + chunk + bytes(20))
    assert (facts.width, facts.height) == size


def test_fill_bytes_and_other_segments_stand_before_a_jpegs_frame() -> None:
    frame = b"\xff\xc2\x00\x11\x08\x00\x10\x00\x20\x03" + bytes(20)
    data = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xdb\x00\x05abc" + frame
    assert read_picture(data) == PictureFacts("image/jpeg", 32, 16)


@pytest.mark.parametrize(
    "data", [b"", b"<svg/>", b"GIF89a" + bytes(40), b'{"nodes": []}', b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not a picture"):
        read_picture(data)


def test_too_many_bytes_or_pixels_are_refused() -> None:
    with pytest.raises(InputError, match="larger than 5 MB"):
        read_picture(png() + bytes(PICTURE_MAX))
    read_picture(png(SIDE_MAX, 1))
    with pytest.raises(InputError, match="pixels"):
        read_picture(png(SIDE_MAX + 1, 1))
    with pytest.raises(InputError, match="pixels"):
        read_picture(png(0, 1))


@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFFxxxxWEBPVP8 "]),
    st.binary(max_size=200),
)
def test_no_bytes_are_too_odd(beginning: bytes, rest: bytes) -> None:
    try:
        facts = read_picture(beginning + rest)
    except InputError:
        return
    assert 0 < facts.width <= SIDE_MAX
    assert 0 < facts.height <= SIDE_MAX
