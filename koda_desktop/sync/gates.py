"""The gates of publishing that this computer can see by itself, before any server is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from koda_desktop.errors import GatesUnmet
from koda_desktop.sync import entities
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.rows import Json
from koda_desktop.sync.staging import Staging


@dataclass(frozen=True, slots=True)
class LocalGate:
    """One condition, in the shape of the marketplace's own gates."""

    code: str
    is_met: bool
    what: str
    remedy: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> Json:
        return {
            "code": self.code,
            "met": self.is_met,
            "what": self.what,
            "remedy": self.remedy,
            "fields": self.fields,
        }


def local_gates(entity: Entity, staging: Staging) -> tuple[LocalGate, ...]:
    """Each gate for this listing, in the order in which a seller meets them."""
    gates = (_document(entity), _listed(entity), _staged(entity, staging), _sound(entity))
    return (*gates, _pictured(entity, staging)) if entity.sends_preview else gates


def refuse_unmet(title: str, gates: tuple[LocalGate, ...]) -> None:
    """Raise GatesUnmet when any gate is not met, naming each."""
    unmet = [gate for gate in gates if not gate.is_met]
    if unmet:
        raise GatesUnmet(
            f"“{title}” cannot be published yet: {'; '.join(gate.what for gate in unmet)}.",
            remedy=" ".join(gate.remedy for gate in unmet),
            facts={"gates": [gate.as_json() for gate in unmet]},
        )


def _document(entity: Entity) -> LocalGate:
    from koda_desktop.models.listing_fields import check_fields

    _, wrong = check_fields(entities.seller_fields(entity.document))
    if not wrong:
        return LocalGate("document-valid", True, "The listing is complete")
    named = "; ".join(f"{name}: {sentence.rstrip('.')}" for name, sentence in wrong.items())
    return LocalGate(
        "document-valid",
        False,
        f"the listing is not complete ({named})",
        "Fill in these fields.",
        wrong,
    )


def _listed(entity: Entity) -> LocalGate:
    if not entity.document.get("deletedAt"):
        return LocalGate("not-archived", True, "The listing is not archived")
    return LocalGate(
        "not-archived",
        False,
        "it is archived",
        "Restore it from the archive first.",
    )


def _staged(entity: Entity, staging: Staging) -> LocalGate:
    if staging.has(entity.file.sha256, entity.file.size):
        return LocalGate("file-staged", True, "The file is ready to be sent")
    return LocalGate(
        "file-staged",
        False,
        "its file is not on this computer",
        "Drop the original file on the window to make a new draft of it.",
    )


def _pictured(entity: Entity, staging: Staging) -> LocalGate:
    if staging.has(entity.preview.sha256, entity.preview.size):
        return LocalGate("preview-staged", True, "The preview picture is ready to be sent")
    return LocalGate(
        "preview-staged",
        False,
        "its preview picture is not on this computer",
        "Choose the picture again, or none.",
    )


def is_sound(entity: Entity) -> bool:
    """Whether the last look at its file found neither errors nor secrets."""
    return bool((entity.inspection or {}).get("publishable", True))


def _sound(entity: Entity) -> LocalGate:
    if is_sound(entity):
        return LocalGate("file-sound", True, "The file has no errors and no secrets")
    return LocalGate(
        "file-sound",
        False,
        "its file has errors or secrets",
        "Correct the file in its own program, export it again and make a new draft.",
    )
