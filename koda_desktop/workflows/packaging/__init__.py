"""What is uploaded: one file as it is (scrubbed), several as one deterministic archive.

The same input gives the same bytes, whichever machine and Python version packs it: names are
sorted, times and rights fixed, and entries stored, not compressed, because compressors differ
from version to version. A manifest names every file with its hash.
"""

from koda_desktop.workflows.packaging.files import (
    BINARY_TYPE,
    GZIP_TYPE,
    JSON_TYPE,
    PYTHON_TYPE,
    TEXT_TYPE,
    ZIP_TYPE,
    package,
    with_suffix,
)

__all__ = [
    "BINARY_TYPE",
    "GZIP_TYPE",
    "JSON_TYPE",
    "PYTHON_TYPE",
    "TEXT_TYPE",
    "ZIP_TYPE",
    "package",
    "with_suffix",
]
