"""Zapier exports: recognised and counted; sold as they are for now, as platform Other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from koda_desktop.workflows.generic import Outline, kept_as_is, report
from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.packaging import JSON_TYPE
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.service_names import service_name
from koda_desktop.workflows.source import Form, Source
from koda_desktop.workflows.texts import one_line

_VERSIONED = re.compile(r"(?:V\d+)?(?:CLI)?(?:API)?(?:@[\w.-]*)?\Z")
_BUILT_IN = {"Filter", "Branching", "Engine", "Code", "Delay", "Paths", "Storage", "Looping"}


class Zapier:
    """``zaps`` is a list; each zap maps step ids to steps of a ``selected_api``."""

    reads = "Zapier"

    def detect(self, source: Source) -> Detection | None:
        steps = list(_steps(source.document)) if source.form is Form.JSON else []
        if not any("selected_api" in step for step in steps):
            return None
        reasons = ("zaps whose steps name a selected_api, as in a Zapier export",)
        return Detection("Other", "zapier", 0.95, reasons)

    def inspect(self, source: Source, detection: Detection) -> Findings:
        zaps = _zaps(source.document)
        title = zaps[0].get("title") if len(zaps) == 1 else None
        steps = list(_steps(source.document))
        outline = Outline(
            "Zapier export", "step", JSON_TYPE, title, len(steps), tuple(_apps(steps))
        )
        return report(source, outline, (kept_as_is("A Zapier export is"),))


def _zaps(document: Any) -> list[JsonObject]:
    zaps = document.get("zaps") if isinstance(document, dict) else None
    return [zap for zap in zaps if isinstance(zap, dict)] if isinstance(zaps, list) else []


def _steps(document: Any) -> Iterator[JsonObject]:
    for zap in _zaps(document):
        nodes = zap.get("nodes")
        if isinstance(nodes, dict):
            yield from (step for step in nodes.values() if isinstance(step, dict))


def _apps(steps: list[JsonObject]) -> Iterator[tuple[str, str]]:
    for step in steps:
        api = step.get("selected_api")
        app = _VERSIONED.sub("", one_line(api, 100)) if isinstance(api, str) else ""
        if app and app not in _BUILT_IN:
            yield app, service_name(app)
