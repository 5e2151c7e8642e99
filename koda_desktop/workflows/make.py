"""Make blueprints: recognised and counted; sold as they are for now, as platform Other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from koda_desktop.workflows.generic import Outline, kept_as_is, report
from koda_desktop.workflows.json_reading import JsonObject
from koda_desktop.workflows.packaging import JSON_TYPE
from koda_desktop.workflows.platforms import Detection, Findings
from koda_desktop.workflows.service_names import service_name
from koda_desktop.workflows.source import Form, Source

_BUILT_IN = {"builtin", "util", "gateway", "json", "regexp", "code", "datastore", "flow-control"}


class Make:
    """``flow`` is a list of modules named ``app:Module``; answers of its API wrap it."""

    reads = "Make"

    def detect(self, source: Source) -> Detection | None:
        blueprint = _blueprint(source.document) if source.form is Form.JSON else None
        if blueprint is None:
            return None
        modules = list(_modules(blueprint))
        named = sum(":" in module["module"] for module in modules)
        if not named:
            return None
        reasons = (f"a flow of {len(modules)} modules named app:Module, as in a Make blueprint",)
        return Detection("Other", "make", 0.95 if named == len(modules) else 0.7, reasons)

    def inspect(self, source: Source, detection: Detection) -> Findings:
        blueprint = _blueprint(source.document) or {}
        modules = list(_modules(blueprint))
        outline = Outline(
            "Make blueprint", "module", JSON_TYPE, blueprint.get("name"), len(modules),
            tuple(_apps(modules)),
        )  # fmt: skip
        return report(source, outline, (kept_as_is("A Make blueprint is"),))


def _blueprint(document: Any) -> JsonObject | None:
    for _ in range(3):
        if not isinstance(document, dict):
            return None
        if isinstance(document.get("flow"), list):
            return document
        document = document.get("blueprint") or document.get("response")
    return None


def _modules(blueprint: JsonObject) -> Iterator[JsonObject]:
    """Every module: those of the flow, of routes and branches, of error handlers and tools."""
    pending: list[Any] = [blueprint]
    while pending:
        level = pending.pop()
        if not isinstance(level, dict):
            continue
        if isinstance(level.get("module"), str):
            yield level
        for key in ("tools", "onerror", "branches", "routes", "flow"):
            inner = level.get(key)
            pending += reversed(inner) if isinstance(inner, list) else []


def _apps(modules: list[JsonObject]) -> Iterator[tuple[str, str]]:
    for module in modules:
        app = module["module"].partition(":")[0][:60]
        if app and app not in _BUILT_IN:
            yield app, service_name(app)
