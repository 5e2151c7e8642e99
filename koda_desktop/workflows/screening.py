"""The last look before anything is for sale: secrets and personal data in the package itself.

What the scrub took out is not searched, because no buyer gets it; what is left is, whatever the
platform. The detectors are imported when the first package is screened.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Any

from koda_desktop.workflows.archives.contents import packaged_contents
from koda_desktop.workflows.decoding import decode
from koda_desktop.workflows.inspection import Inspection, Problem, SecretFinding
from koda_desktop.workflows.json_reading import JsonError, parse


def screen(inspection: Inspection, allowed: Set[str] = frozenset()) -> Inspection:
    """``inspection`` with the secrets of its package, and warnings for personal data.

    ``allowed`` holds SHA-256 digests of values that their owner declared to be no secrets.
    """
    if inspection.packaged is None:
        return inspection
    from koda_desktop.workflows.secrets import find_secrets

    secrets: list[SecretFinding] = []
    personal: list[Problem] = []
    for path, data in packaged_contents(inspection.packaged.data):
        content = _content(data)
        if content is None:
            continue
        found = find_secrets(content, platform=inspection.platform, allowed=allowed)
        secrets += [
            replace(secret, digest=digest, where=_place(path, secret.where))
            for secret, digest in zip(found.secrets, found.digests, strict=True)
        ]
        personal += [
            replace(problem, where=_place(path, problem.where)) for problem in found.personal
        ]
    problems = (*inspection.problems, *personal)
    return replace(inspection, secrets=tuple(secrets), problems=problems)


def _place(path: str, where: str) -> str:
    """``where`` in the file ``path`` of an archive; a single file has no path."""
    return f"{path}: {where}" if path else where


def _content(data: bytes) -> Any:
    """The JSON tree or the text in ``data``; None where it is neither."""
    text = decode(data).text
    if text is None:
        return None
    if text.lstrip()[:1] in ("{", "["):
        try:
            parsed = parse(text)
        except JsonError:
            return text
        # Of a key given twice a package kept as it came holds both values: its text is searched.
        return text if parsed.duplicates else parsed.document
    return text
