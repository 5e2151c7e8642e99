"""One line of text in a picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """``x`` is the left end, the middle if ``centred``; ``y`` is the baseline."""

    text: str
    x: float
    y: float
    size: float
    centred: bool
    bold: bool = False
    quiet: bool = False
