"""Finds literal secrets and personal data in what a seller is about to sell.

``find_secrets`` is the one entrance. What it finds leaves it only masked. Detectors: tables of
tokens known by their looks (vendors_*, webhooks, written), detect-secrets' classes (library), and
values under telling names (names, literals, assignments, tree).
"""

from __future__ import annotations

from koda_desktop.workflows.secrets.findings import Findings, digest
from koda_desktop.workflows.secrets.scan import MOST_SECRETS, find_secrets

__all__ = ["MOST_SECRETS", "Findings", "digest", "find_secrets"]
