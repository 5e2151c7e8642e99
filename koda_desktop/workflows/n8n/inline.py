"""Workflows written into a parameter: “Execute Workflow” and its AI tool may hold one as JSON.

Such a text is a whole export, with all that an export tells of its instance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from koda_desktop.workflows.caps import Caps
from koda_desktop.workflows.json_limits import broken_limit
from koda_desktop.workflows.json_reading import JsonError, JsonObject, parse
from koda_desktop.workflows.json_writing import to_bytes
from koda_desktop.workflows.n8n.shapes import is_workflow
from koda_desktop.workflows.where import Where

_PARAMETER = "workflowJson"
_CAPS = Caps()


def with_clean_workflow(
    parameters: Any, where: Where, scrub: Callable[[JsonObject, Where], JsonObject]
) -> Any:
    """``parameters`` with ``scrub`` applied to a workflow in them; the same object without one.

    A text that is no workflow, or cannot be read, is left as it is.
    """
    text = parameters.get(_PARAMETER) if isinstance(parameters, dict) else None
    if not isinstance(text, str):
        return parameters
    workflow = _read(text)
    if workflow is None:
        return parameters
    clean = scrub(workflow, where / _PARAMETER)
    if clean == workflow:
        return parameters
    mark = "=" if text.startswith("=") else ""
    return parameters | {_PARAMETER: mark + to_bytes(clean).decode().rstrip("\n")}


def _read(text: str) -> JsonObject | None:
    bare = text.removeprefix("=")
    if '"nodes"' not in bare or broken_limit(bare.encode("utf-8", "replace"), _CAPS):
        return None
    try:
        document = parse(bare).document
    except JsonError:
        return None
    return document if is_workflow(document) else None
