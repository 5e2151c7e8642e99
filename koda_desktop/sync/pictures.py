"""What pages and commands say of preview pictures: plain values, and a file looked at. No SQL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from koda_desktop.models.picture import PICTURE_MAX, read_picture
from koda_desktop.runtime.files import disk_faults


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """The preview picture of a listing, as it is staged on this computer."""

    media_type: str
    size: int
    sha256: str
    is_drawing: bool
    """It is the picture of the workflow's graph."""


class PreviewChoice(StrEnum):
    """A preview that needs no picture of the seller's."""

    WORKFLOW = "workflow"
    """The picture of the workflow's graph, where it has one."""
    NONE = "none"


Preview = bytes | PreviewChoice
"""What a seller chooses: the bytes of a picture, or a choice that needs none."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a new draft: that of its graph, if it has one, and what the seller chose."""

    drawing: bytes | None = None
    preview: Preview = PreviewChoice.WORKFLOW


NO_PICTURES = Pictures()
"""For a file without a graph, of a seller who chose no picture."""


def picture_at(path: Path) -> bytes:
    """The picture in the file at ``path``.

    Raises InputError for what no preview can be, and LocalFaults.
    """
    with disk_faults("The picture could not be read"), path.open("rb") as stream:
        data = stream.read(PICTURE_MAX + 1)
    read_picture(data)
    return data
