"""The named crash points, as they stand in the source: ``<thing>.<moment>``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from koda_desktop.sync.publication import SENDING
from koda_desktop.sync.rows import Verb

SYNC = Path(__file__).parents[2] / "koda_desktop" / "sync"
_CALL = re.compile(r'on_step\(\s*(f?)"([^"]+)"')
_CALLED = "on_step("
_FIELD = re.compile(r"\{[^}]+\}")


def named_points() -> frozenset[str]:
    """Every name that the program passes to ``on_step``; a field in one stands for each verb
    that its module performs."""
    found: set[str] = set()
    for path in SYNC.rglob("*.py"):
        verbs = SENDING if path.name == "uploading.py" else tuple(Verb)
        for is_formatted, name in _CALL.findall(path.read_text()):
            found |= _expanded(name, verbs) if is_formatted else {name}
    return frozenset(found)


def _expanded(name: str, verbs: Sequence[Verb]) -> set[str]:
    return {_FIELD.sub(verb.value, name, count=1) for verb in verbs}


def unnamed_calls() -> list[str]:
    """Where a step is told of in words that cannot be read in the source, so that no test knows."""
    return [
        f"{path.name}: {path.read_text().count(_CALLED)} calls, {len(named)} names"
        for path in SYNC.rglob("*.py")
        if len(named := _CALL.findall(path.read_text())) != path.read_text().count(_CALLED)
    ]
