"""The files inside a package, to be searched or listed: the counterpart of ``packing``."""

from __future__ import annotations

from collections.abc import Iterator

from koda_desktop.workflows.archives.opening import open_archive
from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.source import Source, archive_form


def packaged_contents(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each file in ``data``; of a single file the path is empty.

    Reads zip, tar and tar.gz as ``inspect_archive`` does. Never raises.
    """
    form = archive_form(data)
    if form is None:
        yield "", data
        return
    yield from open_archive(Source(data, "", Caps(), form)).files.items()
