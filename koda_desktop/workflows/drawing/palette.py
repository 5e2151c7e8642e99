"""The two colour schemes of a picture. The same colours go into SVG, PNG and the viewer.

They follow the window's themes (resources/themes), which this room does not read.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoteColour:
    fill: str
    edge: str


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours are ``#RRGGBB``; ``shadow_opacity`` is per layer of three."""

    name: str
    canvas: str
    dot: str
    surface: str
    outline: str
    text: str
    quiet: str
    on_badge: str
    trigger: str
    main: str
    ai: str
    error: str
    focus: str
    shadow: str
    shadow_opacity: float
    added: str
    removed: str
    changed: str
    notes: tuple[NoteColour, ...]

    def wire(self, tone: str) -> str:
        """The colour of an edge of that tone."""
        toned = {"ai": self.ai, "error": self.error, "added": self.added, "removed": self.removed}
        return toned.get(tone, self.main)

    def mark(self, kind: str) -> str:
        """The colour of what was added, removed or changed."""
        return {"added": self.added, "removed": self.removed}.get(kind, self.changed)


LIGHT = Palette(
    name="light", canvas="#F8F8FB", dot="#D7D8E1", surface="#FFFFFF", outline="#D3D5DF",
    text="#1B1C21", quiet="#5A5D6A", on_badge="#FFFFFF", trigger="#E0662F", main="#80859A",
    ai="#7F70CB", error="#CC4A4A", focus="#4553D6", shadow="#1B1C21", shadow_opacity=0.025,
    added="#1E8A4C", removed="#CC4A4A", changed="#B26A00",
    notes=(
        NoteColour("#FFF8DF", "#EBDDA6"), NoteColour("#FCEFE1", "#EBCFAF"),
        NoteColour("#FCE9E8", "#EEC4C2"), NoteColour("#E7F5EA", "#B9DFC2"),
        NoteColour("#E8F1FC", "#BCD4F2"), NoteColour("#F1EBFB", "#D3C3EE"),
        NoteColour("#EFF0F3", "#D5D7DE"),
    ),
)  # fmt: skip
DARK = Palette(
    name="dark", canvas="#17181C", dot="#2C2E36", surface="#25272E", outline="#41444F",
    text="#ECEDF1", quiet="#A6A9B6", on_badge="#FFFFFF", trigger="#F2865A", main="#6D7180",
    ai="#8B7FCB", error="#E06A6A", focus="#8E9BFF", shadow="#000000", shadow_opacity=0.10,
    added="#4FBF7C", removed="#E06A6A", changed="#E5A94B",
    notes=(
        NoteColour("#2B2819", "#4A4428"), NoteColour("#2E251B", "#4F3D2A"),
        NoteColour("#301F20", "#543436"), NoteColour("#1A2A1F", "#2C4A36"),
        NoteColour("#1B2635", "#2E4260"), NoteColour("#262036", "#423862"),
        NoteColour("#212329", "#393C45"),
    ),
)  # fmt: skip


def palette(*, dark: bool) -> Palette:
    return DARK if dark else LIGHT
