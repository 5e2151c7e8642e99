"""The platforms in the order they are asked, and the choice among those that claim a file."""

from __future__ import annotations

from dataclasses import replace

from koda_desktop.workflows.inspection import PLATFORMS, Problem, Severity
from koda_desktop.workflows.make import Make
from koda_desktop.workflows.n8n import N8n
from koda_desktop.workflows.node_red import NodeRed
from koda_desktop.workflows.other import Other
from koda_desktop.workflows.platforms import Detection, Platform
from koda_desktop.workflows.python import PythonSource
from koda_desktop.workflows.source import Source
from koda_desktop.workflows.zapier import Zapier

READERS: tuple[Platform, ...] = (Zapier(), Make(), N8n(), NodeRed(), PythonSource(), Other())
Choice = tuple[Platform, Detection, tuple[Problem, ...]]


def choose(source: Source, platform: str | None = None) -> Choice:
    """The reader for ``source``: the surest one, or the one the seller chose by hand.

    Raises ValueError for a ``platform`` the web application does not know.
    """
    claims = [(reader, reader.detect(source)) for reader in READERS]
    found = [(reader, detection) for reader, detection in claims if detection is not None]
    best = max(found, key=lambda claim: claim[1].confidence)
    return (*best, ()) if platform is None else _chosen(platform, found, best)


def _chosen(
    platform: str,
    found: list[tuple[Platform, Detection]],
    best: tuple[Platform, Detection],
) -> Choice:
    check_platform(platform)
    fitting = [claim for claim in found if claim[0].reads == platform]
    reader, detection = max(fitting, key=lambda c: c[1].confidence) if fitting else best
    said = ("chosen by hand", *detection.reasons)
    detection = replace(detection, platform=platform, confidence=1.0, reasons=said)
    return reader, detection, () if fitting else (does_not_fit(platform, best[1]),)


def check_platform(platform: str) -> None:
    """Raises ValueError for a ``platform`` the web application does not know."""
    if platform not in PLATFORMS:
        raise ValueError(f"unknown platform {platform!r}; one of {', '.join(PLATFORMS)}")


def does_not_fit(platform: str, detection: Detection) -> Problem:
    """Tells that ``platform`` was chosen by hand and the content speaks for another."""
    severity = Severity.ERROR if platform == "n8n" else Severity.WARNING
    message = (
        f"{platform} was chosen, but nothing in the file says so: {detection.reasons[0]}. "
        "Choose another platform or another file."
    )
    return Problem(severity, "platform-mismatch", "", message)
