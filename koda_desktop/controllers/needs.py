"""What a buyer must have before a workflow runs: plain data, from an inspection or its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from koda_desktop.workflows.inspection import Inspection


@dataclass(frozen=True, slots=True)
class BuyerNeeds:
    """Each in the platform's own words; environment variables of Python files are credentials."""

    apps: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    ai_models: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    code_languages: tuple[str, ...] = ()
    platform_version: str = ""
    setup_steps: tuple[str, ...] = ()
    """What is left to do, in order."""

    @property
    def is_empty(self) -> bool:
        return self == BuyerNeeds()


def needs_of(inspection: Inspection) -> BuyerNeeds:
    """What ``inspection`` found."""
    return BuyerNeeds(
        apps=tuple(item.name for item in inspection.integrations),
        credentials=inspection.credentials,
        ai_models=inspection.ai_models,
        packages=inspection.packages,
        code_languages=inspection.code_languages,
        platform_version=inspection.platform_version,
        setup_steps=inspection.setup_steps,
    )


def needs_in(report: Mapping[str, Any]) -> BuyerNeeds:
    """What a stored report says (``Inspection.as_json``); an older one says less."""

    def listed(key: str) -> tuple[str, ...]:
        found = report.get(key)
        return tuple(map(str, found)) if isinstance(found, Iterable) else ()

    return BuyerNeeds(
        apps=listed("integrations"),
        credentials=listed("credentials"),
        ai_models=listed("ai_models"),
        packages=listed("packages"),
        code_languages=listed("code_languages"),
        platform_version=str(report.get("platform_version") or ""),
        setup_steps=listed("setup_steps"),
    )
