"""Which files a person means by what they dropped."""

from __future__ import annotations

from pathlib import Path

from koda_desktop.runtime.files import disk_faults


def spread(paths: tuple[Path, ...]) -> list[Path]:
    """Files as they are, folders as the files in them, hidden ones left out. Raises LocalFaults."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            with disk_faults(f"The folder {path.name} could not be read"):
                inside = [each for each in path.iterdir() if not each.name.startswith(".")]
            found += sorted(each for each in inside if each.is_file())
        else:
            found.append(path)
    return list(dict.fromkeys(found))
