"""A Scene as SVG 1.1 text: one self-contained file, safe to be shown in a page.

No scripts, no style sheets, no references outside the file. Every text is escaped; characters XML
1.0 does not allow never reach a scene. The same scene always gives the same text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from koda_desktop.workflows.drawing import figures
from koda_desktop.workflows.drawing.lines import Line
from koda_desktop.workflows.drawing.palette import Palette, palette
from koda_desktop.workflows.drawing.scene import Box, Scene, Sheet, Wire
from koda_desktop.workflows.drawing.shapes import Path, Point

_FONT = "Koda Sans, Inter, Segoe UI, system-ui, sans-serif"
_DISABLED_OPACITY = 0.55


def to_svg(scene: Scene, *, dark: bool = False) -> str:
    """The picture of ``scene`` in the light or the dark scheme, with its alternative text."""
    colours = palette(dark=dark)
    body = "\n".join(_drawn(scene, colours))
    mark = hashlib.sha256(f"{colours.name}\n{scene.title}\n{body}".encode()).hexdigest()[:8]
    return "\n".join([*_opening(scene, colours, mark), body, "</svg>", ""])


def _opening(scene: Scene, colours: Palette, mark: str) -> Iterator[str]:
    """``mark`` keeps the ids of several pictures in one page apart."""
    width, height = _number(scene.frame.width), _number(scene.frame.height)
    step = _number(figures.DOT_STEP)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" aria-labelledby="t{mark} d{mark}"'
        f' font-family="{_FONT}">'
    )
    yield f'<title id="t{mark}">{escape(scene.title)}</title>'
    yield f'<desc id="d{mark}">{escape(scene.description)}</desc>'
    yield (
        f'<defs><pattern id="g{mark}" width="{step}" height="{step}"'
        f' patternUnits="userSpaceOnUse"><circle cx="12" cy="12"'
        f' r="{_number(figures.DOT_RADIUS)}" fill="{colours.dot}"/></pattern></defs>'
    )
    yield f'<rect width="{width}" height="{height}" fill="{colours.canvas}"/>'
    yield f'<rect width="{width}" height="{height}" fill="url(#g{mark})"/>'


def _drawn(scene: Scene, colours: Palette) -> Iterator[str]:
    for sheet in scene.sheets:
        yield from _sheet(sheet, colours)
    for wire in scene.wires:
        yield from _wire(wire, colours)
    for box in scene.boxes:
        yield from _box(box, colours)


def _sheet(sheet: Sheet, colours: Palette) -> Iterator[str]:
    rect, paint = sheet.rect, colours.notes[sheet.colour - 1]
    yield (
        f'<rect x="{_number(rect.x)}" y="{_number(rect.y)}" width="{_number(rect.width)}"'
        f' height="{_number(rect.height)}" rx="{_number(figures.NOTE_CORNER)}"'
        f' fill="{paint.fill}" stroke="{paint.edge}"/>'
    )
    yield from _texts(sheet.lines, colours)


def _wire(wire: Wire, colours: Palette) -> Iterator[str]:
    colour = colours.wire(wire.tone)
    dashes = " ".join(_number(dash) for dash in figures.DASHES)
    dashed = f' stroke-dasharray="{dashes}"' if wire.dashed else ""
    yield (
        f'<path d="{_data(wire.path)}" fill="none" stroke="{colour}"'
        f' stroke-width="{_number(figures.WIRE_WIDTH)}"{dashed}/>'
    )
    yield f'<polygon points="{_points(figures.head(wire))}" fill="{colour}"/>'


def _box(box: Box, colours: Palette) -> Iterator[str]:
    opacity = f' opacity="{_DISABLED_OPACITY}"' if box.disabled else ""
    yield f"<g{opacity}><title>{escape(_spoken(box))}</title>"
    for down, larger in figures.SHADOWS:
        data = _data(figures.outline_path(box, larger).moved(0, down))
        shade = _number(colours.shadow_opacity)
        yield f'<path d="{data}" fill="{colours.shadow}" fill-opacity="{shade}"/>'
    yield (
        f'<path d="{_data(figures.outline_path(box))}" fill="{colours.surface}"'
        f' stroke="{colours.outline}" stroke-width="{_number(figures.OUTLINE_WIDTH)}"/>'
    )
    yield f'<path d="{_data(figures.badge_path(box))}" fill="{box.badge.colour}"/>'
    yield from _initials(box, colours)
    if box.is_trigger:
        yield f'<polygon points="{_points(figures.bolt(box))}" fill="{colours.trigger}"/>'
    yield from _texts(box.label.lines, colours)
    yield "</g>"


def _spoken(box: Box) -> str:
    said = box.name if box.detail in box.name else f"{box.name} ({box.detail})"
    return f"{said}, disabled" if box.disabled else said


def _initials(box: Box, colours: Palette) -> Iterator[str]:
    middle, size = figures.badge_rect(box).center, figures.INITIALS_SIZE
    yield (
        f'<text x="{_number(middle.x)}" y="{_number(middle.y + size * 0.36)}"'
        f' font-size="{_number(size)}" font-weight="600" text-anchor="middle"'
        f' fill="{colours.on_badge}">{escape(box.badge.initials)}</text>'
    )


def _texts(lines: Iterable[Line], colours: Palette) -> Iterator[str]:
    for line in lines:
        anchor = ' text-anchor="middle"' if line.centred else ""
        weight = 600 if line.bold else 400 if line.quiet else 500
        colour = colours.quiet if line.quiet else colours.text
        yield (
            f'<text x="{_number(line.x)}" y="{_number(line.y)}" font-size="{_number(line.size)}"'
            f' font-weight="{weight}"{anchor} fill="{colour}">{escape(line.text)}</text>'
        )


def _data(path: Path) -> str:
    curves = (
        " ".join(f"{_number(p.x)} {_number(p.y)}" for p in segment) for segment in path.segments
    )
    return f"M{_number(path.start.x)} {_number(path.start.y)}C" + " ".join(curves)


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_number(p.x)},{_number(p.y)}" for p in points)


def _number(value: float) -> str:
    """At most two decimals, no trailing zeros, never ``-0``."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
