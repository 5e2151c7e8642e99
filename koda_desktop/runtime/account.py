"""The account of this computer that the program runs under."""

from __future__ import annotations


def account_name() -> str:
    """Its name; empty where the system knows none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
