"""JSON that no platform reads as its own and that still is something: steps of a workflow in a
wrapping nobody knows, or a notebook.

Such a file would be packaged as it is, with all that belongs to its author's own account in it. So
the steps are looked for wherever they stand, inside texts of JSON too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.where import ROOT, Where

_MOST_VALUES = 50_000
_N8N_TYPE = re.compile(r"(?:@n8n/)?n8n-nodes-[\w-]{1,60}\.\w")
_MAKE_MODULE = re.compile(r"[a-z0-9-]{2,60}:[A-Za-z]\w{1,80}\Z")
_BESIDE_MODULE = frozenset(("id", "mapper", "parameters", "version"))
_IN_TEXT = (
    ("n8n", re.compile(r'"type"\s{0,4}:\s{0,4}"(?:@n8n/)?n8n-nodes-[\w-]{1,60}\.\w')),
    ("Zapier", re.compile(r'"selected_api"\s{0,4}:\s{0,4}"')),
    ("Make", re.compile(r'"module"\s{0,4}:\s{0,4}"[a-z0-9-]{2,60}:[A-Za-z]')),
)


class Steps(NamedTuple):
    """The platform whose steps stand in a document, and where the first of them does."""

    platform: str
    where: Where


def foreign_steps(document: Any) -> Steps | None:
    """The first step of any platform in ``document``, among its first values."""
    for value, where in _walked(document):
        if isinstance(value, dict):
            platform = _platform_of(value)
        else:
            platform = _platform_in(value) if isinstance(value, str) else ""
        if platform:
            return Steps(platform, where)
    return None


def unknown_wrapping(steps: Steps) -> Problem:
    """Tells of steps that are not cleaned, since nobody knows how the file is to be read."""
    said = "Node-RED" if steps.platform == "Other" else steps.platform
    message = (
        f"A step of {said} stands here, but the file as a whole has no form that {said} exports, "
        "so nothing of your own account is taken out of it. Export the workflow by itself from "
        f"{said}, without scripts in between, and add that file."
    )
    return Problem(Severity.ERROR, "unknown-wrapping", str(steps.where), message)


def is_notebook(document: Any) -> bool:
    """Whether ``document`` is a Jupyter notebook (nbformat 3 or 4)."""
    if not isinstance(document, dict) or not isinstance(document.get("nbformat"), int):
        return False
    return isinstance(document.get("cells") or document.get("worksheets"), list)


def notebook_kept(document: dict[str, Any]) -> Problem:
    """Tells what a notebook is sold with."""
    cells = document.get("cells")
    listed = cells if isinstance(cells, list) else []
    shown = sum(bool(cell.get("outputs")) for cell in listed if isinstance(cell, dict))
    outputs = f" {shown} of its cells show results of your own runs; clear them." if shown else ""
    message = (
        "This is a Jupyter notebook: it is searched for secrets and packaged exactly as it is."
        f"{outputs} Buyers who run Python alone need it saved as a script."
    )
    return Problem(Severity.WARNING, "notebook", "", message)


def _walked(document: Any) -> Iterator[tuple[Any, Where]]:
    """The first values of ``document``, what is nearer to its top first."""
    queue: list[tuple[Any, Where]] = [(document, ROOT)]
    for value, where in queue:
        yield value, where
        if len(queue) > _MOST_VALUES:
            continue
        if isinstance(value, dict):
            queue += [(inner, where / str(key)) for key, inner in value.items()]
        elif isinstance(value, list):
            queue += [(inner, where / index) for index, inner in enumerate(value)]


def _platform_of(value: dict[str, Any]) -> str:
    kind, module = value.get("type"), value.get("module")
    if isinstance(kind, str) and _N8N_TYPE.match(kind) and "parameters" in value:
        return "n8n"
    if isinstance(value.get("selected_api"), str):
        return "Zapier"
    is_module = isinstance(module, str) and _MAKE_MODULE.match(module)
    if is_module and _BESIDE_MODULE & value.keys():
        return "Make"
    wired = isinstance(value.get("wires"), list) and isinstance(kind, str)
    return "Other" if wired and {"z", "x", "y"} & set(value) else ""


def _platform_in(text: str) -> str:
    if text.lstrip()[:1] not in ("{", "["):
        return ""
    return next((platform for platform, step in _IN_TEXT if step.search(text)), "")
