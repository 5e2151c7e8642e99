"""What every platform promises of its reports and scrubs, as assertions."""

from __future__ import annotations

import json
from typing import Any

from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import CATEGORIES, PLATFORMS, Inspection


def assert_sound(report: Inspection) -> None:
    """A report that can be shown, printed and stored, whatever it is about."""
    printed = json.dumps(report.as_json(), ensure_ascii=False).encode()
    assert json.loads(printed)["publishable"] is report.publishable
    assert report.platform in PLATFORMS
    assert report.proposal.category in CATEGORIES
    assert 0.0 <= report.confidence <= 1.0
    for text in (report.proposal.title, report.proposal.description, *report.setup_steps):
        text.encode()
    keys = [step.name for step in report.graph.nodes]
    assert len(keys) == len(set(keys))
    for edge in report.graph.edges:
        assert {edge.source, edge.target} <= set(keys)


def assert_scrubbed_once(report: Inspection, *, sub_kind: str | None = None) -> None:
    """The package is the same workflow, has nothing more to remove, and is packaged the same."""
    assert_sound(report)
    assert report.packaged is not None
    again = inspect_bytes(report.packaged.data, report.file_name)
    assert (again.platform, again.removed) == (report.platform, ())
    assert again.sub_kind == (sub_kind or report.sub_kind)
    assert again.packaged is not None
    assert again.packaged.data == report.packaged.data
    assert again.packaged.name == report.packaged.name
    assert again.graph == report.graph
    assert again.fingerprint == report.fingerprint
    assert again.node_count == report.node_count
    for kept in ("integrations", "triggers", "credentials", "ai_models", "code_languages"):
        assert getattr(again, kept) == getattr(report, kept)


def assert_only_listed_changes(report: Inspection, original: Any) -> None:
    """Every value that differs between the file and its package stands in the list, and the
    other way round; keys stay in their order."""
    assert report.packaged is not None
    listed = {removal.where for removal in report.removed}
    assert len(listed) == len(report.removed)
    assert _differences(original, json.loads(report.packaged.data), "") == listed


def _differences(before: Any, after: Any, where: str) -> set[str]:
    if where.endswith(".workflowJson") and isinstance(before, str) and before != after:
        before, after = (json.loads(text.removeprefix("=")) for text in (before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        assert list(after) == [key for key in before if key in after]
        found = {_step(where, key) for key in before.keys() - after.keys()}
        return found.union(
            *(_differences(before[key], after[key], _step(where, key)) for key in after)
        )
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return set().union(*(_differences(a, b, f"{where}[{i}]") for i, (a, b) in pairs))
    return set() if before == after and type(before) is type(after) else {where}


def _step(where: str, key: str) -> str:
    plain = key.isascii() and key.replace("_", "").replace("-", "").replace("$", "").isalnum()
    step = key if plain and not key[0].isdigit() else f'["{key}"]'
    return f"{where}.{step}" if where and not step.startswith("[") else where + step
