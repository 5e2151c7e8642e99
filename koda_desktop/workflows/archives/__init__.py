"""Archives: opened in memory within limits, checked entry by entry, each file read as what it is.

Nothing is ever written to disk, and no archive inside an archive is opened. What could harm a
buyer or tell a seller's secrets is refused; what is only litter is left out and listed.
"""

from koda_desktop.workflows.archives.inspecting import inspect_archive

__all__ = ["inspect_archive"]
