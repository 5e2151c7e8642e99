"""Kinds of removal: what a scrub always takes out, and what a seller may keep.

A kind is optional only where the value tells nothing of the instance it comes from and the file
works better with it; docs/decisions/0010 gives the rule for each. The codes are stable: they stand
in settings, in ``--keep`` and in the JSON of ``koda check``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class RemovalKind(StrEnum):
    """Why something is taken out. Kinds that are not in OPTIONAL are taken out always."""

    IDENTITY = "identity"
    """Ids and addresses of an instance, account, team, workflow or saved version."""
    CONNECTION = "connection"
    CREDENTIAL = "credential"
    WEBHOOK = "webhook"
    DOCUMENT = "document"
    """Names and addresses of documents, lists and choices in the seller's account."""
    SAMPLE_DATA = "sample-data"
    RUN_STATE = "run-state"
    PERSON = "person"
    TIME = "time"
    WRAPPING = "wrapping"
    DUPLICATE = "duplicate-key"
    ARCHIVE = "archive"
    """Files and traces of an archive that are no part of what is sold."""
    N8N_ACTIVE = "n8n-active"
    N8N_CHOICE_LABELS = "n8n-choice-labels"
    N8N_CALLER_POLICY = "n8n-caller-policy"
    N8N_TEMPLATE_STATE = "n8n-template-state"
    MAKE_UI_HINTS = "make-ui-hints"
    MAKE_SCHEDULING = "make-scheduling"
    MAKE_ZONE = "make-zone"
    ZAPIER_STATUS = "zapier-status"
    ZAPIER_CHOICE_LABELS = "zapier-choice-labels"


@dataclass(frozen=True, slots=True)
class Why:
    """The kind of one removal and its reason, a short sentence for the seller."""

    kind: RemovalKind
    reason: str


@dataclass(frozen=True, slots=True)
class Option:
    """An optional kind in words: ``title`` names what is kept, ``benefit`` what it is good for.

    ``platform`` is the one whose files have it.
    """

    platform: str
    title: str
    benefit: str


OPTIONAL: Mapping[RemovalKind, Option] = {
    RemovalKind.N8N_ACTIVE: Option(
        "n8n",
        "Switched on",
        "The workflow starts by itself where n8n takes this over. Otherwise buyers switch it on "
        "once they have set it up.",
    ),
    RemovalKind.N8N_CHOICE_LABELS: Option(
        "n8n",
        "Labels of choices",
        "Lists in the editor show these choices by name at once. Only labels that repeat the "
        "value beside them can be kept.",
    ),
    RemovalKind.N8N_CALLER_POLICY: Option(
        "n8n",
        "Who may call it",
        "A sub-workflow stays callable from other workflows. Lists of your workflows are removed "
        "all the same.",
    ),
    RemovalKind.N8N_TEMPLATE_STATE: Option(
        "n8n",
        "Set-up mark of the template",
        "n8n asks again, or no longer, for the credentials when the workflow is opened.",
    ),
    RemovalKind.MAKE_UI_HINTS: Option(
        "Make",
        "UI hints",
        "Modules show their fields before buyers connect an account. Names and choices of your "
        "account are removed from them all the same.",
    ),
    RemovalKind.MAKE_SCHEDULING: Option(
        "Make",
        "Schedule",
        "Buyers get the interval it was made for. Dates and hours are removed all the same.",
    ),
    RemovalKind.MAKE_ZONE: Option(
        "Make",
        "Data centre",
        "Says which public data centre of Make it was made in. Private ones are always removed.",
    ),
    RemovalKind.ZAPIER_STATUS: Option(
        "Zapier",
        "Switched on",
        "The zap starts by itself where Zapier takes this over. Otherwise buyers switch it on "
        "once they have set it up.",
    ),
    RemovalKind.ZAPIER_CHOICE_LABELS: Option(
        "Zapier",
        "Labels of choices",
        "Fields in the editor show these choices by name at once. Only labels that repeat the "
        "value beside them can be kept.",
    ),
}
"""What a seller may keep, in the order it is shown in."""


def optional_kind(code: str) -> RemovalKind:
    """The optional kind named ``code``. Raises ValueError, which names those there are."""
    found = next((kind for kind in OPTIONAL if kind == code), None)
    if found is None:
        raise ValueError(f"{code!r} is no removal that can be kept; one of {', '.join(OPTIONAL)}")
    return found
