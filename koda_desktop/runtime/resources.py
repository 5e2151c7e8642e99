"""Finds what ships beside the code: icons, themes, translations and sample workflows.

There are three places, one per way of running: ``resources/`` beside the package (source tree and
editable install), ``koda_desktop/_resources`` (wheel) and ``resources`` in the folder a frozen
build unpacks to (``sys._MEIPASS``). Nothing else in the program knows which one it is.
"""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath

_PACKAGE = Path(__file__).resolve().parent.parent


class ResourceMissing(FileNotFoundError):
    """The installation is incomplete: a bug in the build, not a fault of the person's computer."""


def resources_root() -> Path:
    """The folder that holds all resources. Raises ResourceMissing where there is none."""
    places = _places()
    for place in places:
        if place.is_dir():
            return place
    looked = ", ".join(str(place) for place in places)
    raise ResourceMissing(f"Koda Desktop’s resources are missing (looked in {looked}).")


def resource(name: str) -> Path:
    """The file or folder ``name``, written with forward slashes below the resources folder.

    Raises ResourceMissing where it does not exist and ValueError for a name that leaves the folder.
    """
    parts = PurePosixPath(name)
    if not parts.parts or parts.is_absolute() or ".." in parts.parts or "\\" in name:
        raise ValueError(f"not the name of a resource: {name!r}")
    path = resources_root().joinpath(*parts.parts)
    if not path.exists():
        raise ResourceMissing(f"The resource {name} is missing from this installation ({path}).")
    return path


def _places() -> tuple[Path, ...]:
    """Where to look, first to last. A frozen build never looks outside itself."""
    frozen: str | None = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return (Path(frozen) / "resources",)
    return (_PACKAGE / "_resources", _PACKAGE.parent / "resources")
