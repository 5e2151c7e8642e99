"""Zapier exports in depth: read, validate, describe, scrub and package.

Takes the file a team exports and the ``zapfile.json`` of an account's export.
"""

from koda_desktop.workflows.zapier.platform import Zapier

__all__ = ["Zapier"]
