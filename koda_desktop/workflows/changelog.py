"""What a new version of a workflow brings, in the words of a changelog: proposed, never decided.

Steps and apps are named, and parameters only as "prompt" or "settings"; never a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from koda_desktop.workflows.comparing import Change, Comparison
from koda_desktop.workflows.texts import counted, sentence_list

_MOST_NAMED = 4
_PROMPT = re.compile(r"prompt|system_?message|instructions", re.IGNORECASE)


def proposed_changelog(found: Comparison) -> str:
    """A line for each thing that changed, as a Markdown list; the gravest first."""
    lines = [f"- {line}" for line in _lines(found)]
    return "\n".join(lines) or "- Only texts, places or values changed."


def _lines(found: Comparison) -> Iterator[str]:
    if found.platform:
        yield f"Runs on {found.platform[1]} now, no longer on {found.platform[0]}."
    yield from _setting_up(found)
    yield from _steps(found)
    rewired = len(found.edges_added) + len(found.edges_removed)
    if rewired and not (found.added or found.removed):
        yield f"{counted(rewired, 'connection')} changed."
    yield from _parameters(found.changed)


def _setting_up(found: Comparison) -> Iterator[str]:
    """What buyers notice before the first run."""
    if found.triggers.added:
        yield f"Starts by {_named(found.triggers.added)}{_instead(found.triggers.removed)}."
    elif found.triggers.removed:
        yield f"No longer starts by {_named(found.triggers.removed)}."
    if found.integrations.added:
        yield f"Adds {_named(found.integrations.added)}."
    if found.integrations.removed:
        yield f"No longer uses {_named(found.integrations.removed)}."
    if found.credentials.added:
        yield f"New accounts or keys to set up: {_named(found.credentials.added)}."
    if found.packages.added:
        yield f"Needs {_named(found.packages.added)}."


def _instead(removed: tuple[str, ...]) -> str:
    return f" instead of {_named(removed)}" if removed else ""


def _steps(found: Comparison) -> Iterator[str]:
    added = [node.name for node in found.added]
    removed = [node.name for node in found.removed]
    if added:
        yield f"{counted(len(added), 'new step')}: {_named(added)}."
    if removed:
        yield f"{counted(len(removed), 'step')} removed: {_named(removed)}."
    for change in found.changed:
        if change.type:
            yield f"Replaces “{change.name}” by another kind of step."
    for change in found.changed:
        if change.disabled is not None:
            yield f"“{change.name}” is switched {'off' if change.disabled else 'on'}."


def _parameters(changed: tuple[Change, ...]) -> Iterator[str]:
    prompts = [one.name for one in changed if any(map(_PROMPT.search, one.settings))]
    others = [one.name for one in changed if one.settings and one.name not in prompts]
    if prompts:
        yield f"Prompt changed: {_named(prompts)}."
    if others:
        yield f"Settings changed: {_named(others)}."


def _named(names: Iterable[str]) -> str:
    return sentence_list(tuple(names), _MOST_NAMED)
