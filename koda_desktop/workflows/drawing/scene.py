"""Everything a picture of a workflow shows, ready to be drawn by anything that draws.

The same graph always gives an equal Scene. It holds node names, integration names and the
beginnings of notes; parameters are not part of a Graph and so can't be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from koda_desktop.workflows.drawing.badges import Badge, badge
from koda_desktop.workflows.drawing.labels import Caption, Label, labels
from koda_desktop.workflows.drawing.layout import Layout, lay_out
from koda_desktop.workflows.drawing.lines import Line
from koda_desktop.workflows.drawing.metrics import text_width
from koda_desktop.workflows.drawing.note_texts import note_lines
from koda_desktop.workflows.drawing.outline import Link, Shape
from koda_desktop.workflows.drawing.routing import Router
from koda_desktop.workflows.drawing.shapes import Path, Point, Rect, bounds
from koda_desktop.workflows.drawing.shown_texts import clean, painted
from koda_desktop.workflows.inspection import Graph, Node, Note
from koda_desktop.workflows.texts import counted, sentence_list

_MARGIN = 48.0
_TRIGGER_ROOM = 26.0
_DIAMOND = 5.5
_EMPTY = Rect(0.0, 0.0, 320.0, 200.0)
_LONGEST_NAME, _LONGEST_LABEL, _LONGEST_TITLE = 120, 60, 120
NOTE_COLOURS = 7
"""Notes have a colour from 1 to this number, as n8n numbers them; 1 is yellow."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a step: ``kind`` is added, removed or changed; ``words`` say it."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn of a comparison: steps by their name, edges by the names of both ends."""

    steps: Mapping[str, Mark] = field(default_factory=dict)
    edges: Mapping[tuple[str, str], str] = field(default_factory=dict)


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Box:
    """One node. ``name`` and ``detail`` are its name and integration in full, for tool tips."""

    rect: Rect
    shape: Shape
    badge: Badge
    label: Label
    name: str
    detail: str
    is_trigger: bool
    disabled: bool
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Wire:
    """One edge; ``source`` and ``target`` index Scene.boxes. ``tone`` is main, ai or error, or in a
    comparison added or removed.

    A main edge has an arrowhead at ``tip``, pointing right; an AI edge is dashed and ends in a
    diamond around ``tip``.
    """

    source: int
    target: int
    tone: str
    path: Path
    tip: Point

    @property
    def dashed(self) -> bool:
        return self.tone in ("ai", "removed")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sticky note; ``colour`` is 1 to NOTE_COLOURS."""

    rect: Rect
    colour: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """``frame`` begins at 0, 0 and holds everything; ``focus`` leaves out the notes that no
    node stands on.

    ``title`` and ``description`` are the alternative text of the picture.
    """

    frame: Rect
    focus: Rect
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    sheets: tuple[Sheet, ...]
    title: str
    description: str


def build_scene(graph: Graph, title: str = "", marks: Marks = NO_MARKS) -> Scene:
    """The scene of ``graph``; ``title`` is the workflow's name, for the alternative text."""
    layout = lay_out(graph)
    captions = [_caption(node) for node in layout.outline.nodes]
    texts = labels(layout, captions)
    boxes = [
        _box(node, layout, number, captions[number], texts[number], marks)
        for number, node in enumerate(layout.outline.nodes)
    ]
    sheets = _sheets(layout, [label.area for label in texts])
    written = [_written(sheet) for sheet in sheets if sheet.lines]
    wires = _wires(layout, [label.area for label in texts], written, marks)
    name = clean(title, _LONGEST_TITLE) or "Workflow"
    return _framed(boxes, wires, sheets, f"Diagram of {name}", _described(graph))


def _caption(node: Node) -> Caption:
    detail = painted(node.label, _LONGEST_LABEL)
    name = painted(node.name, _LONGEST_NAME) or detail or "Step"
    if node.disabled:
        return Caption(name, "Disabled")
    said = detail.casefold() in name.casefold()
    return Caption(name, "" if said else detail)


def _box(
    node: Node, layout: Layout, number: int, caption: Caption, label: Label, marks: Marks
) -> Box:
    shown = painted(node.label, _LONGEST_LABEL) or caption.name
    return Box(
        rect=layout.boxes[number],
        shape=layout.outline.shapes[number],
        badge=badge(shown, node.kind, disabled=node.disabled),
        label=label,
        name=clean(node.name, _LONGEST_NAME) or caption.name,
        detail=shown,
        is_trigger=node.is_trigger,
        disabled=node.disabled,
        mark=marks.steps.get(node.name),
    )


def _wires(layout: Layout, labels: list[Rect], notes: list[Rect], marks: Marks) -> list[Wire]:
    paths = Router(layout, labels, notes).paths()
    names = [node.name for node in layout.outline.nodes]
    return [
        _wire(link, path, marks.edges.get((names[link.source], names[link.target]), ""))
        for link, path in zip(layout.outline.links, paths, strict=True)
    ]


def _wire(link: Link, path: Path, mark: str) -> Wire:
    tone = mark or ("ai" if link.helps else "error" if link.is_error else "main")
    end = path.end
    if link.helps:
        away = _DIAMOND if path.start.y > end.y else -_DIAMOND
        return Wire(link.source, link.target, tone, path, Point(end.x, end.y + away))
    tip = Point(end.x + 8.0, end.y)
    return Wire(link.source, link.target, tone, path, tip)


def _sheets(layout: Layout, labels: list[Rect]) -> list[Sheet]:
    """The larger notes below the smaller ones, each with its text where nothing covers it."""
    ordered = sorted(layout.notes, key=lambda placed: -placed[1].width * placed[1].height)
    standing = [*layout.boxes, *labels]
    above = [rect for _, rect in ordered]
    return [
        _sheet(note, rect, [*standing, *above[number + 1 :]])
        for number, (note, rect) in enumerate(ordered)
    ]


def _sheet(note: Note, rect: Rect, standing: Iterable[Rect]) -> Sheet:
    given = note.color.strip()
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 3 else 1
    colour = number if 1 <= number <= NOTE_COLOURS else 1
    return Sheet(rect, colour, note_lines(note.text, rect, standing))


def _written(sheet: Sheet) -> Rect:
    """What the text of a note covers."""
    first, last = sheet.lines[0], sheet.lines[-1]
    widest = max(text_width(line.text, line.size) for line in sheet.lines)
    return Rect(first.x, first.y - first.size, widest, last.y - first.y + first.size + 4)


def _framed(
    boxes: list[Box], wires: list[Wire], sheets: list[Sheet], title: str, description: str
) -> Scene:
    """Everything moved so that the frame begins at 0, 0."""
    nodes = [*_of_boxes(boxes), *(_hull(wire.path) for wire in wires)]
    around = [s.rect for s in sheets if any(s.rect.meets(box.rect) for box in boxes)]
    focus = bounds([bounds(nodes).grown(_MARGIN), *(rect.grown(_MARGIN / 2) for rect in around)])
    frame = bounds([focus, *(sheet.rect.grown(_MARGIN / 2) for sheet in sheets)])
    if not boxes:
        frame = focus = _EMPTY
    dx, dy = -frame.x, -frame.y
    return Scene(
        frame=_rounded(frame.moved(dx, dy)),
        focus=_rounded(focus.moved(dx, dy)),
        boxes=tuple(_moved_box(box, dx, dy) for box in boxes),
        wires=tuple(_moved_wire(wire, dx, dy) for wire in wires),
        sheets=tuple(
            Sheet(s.rect.moved(dx, dy), s.colour, _moved_lines(s.lines, dx, dy)) for s in sheets
        ),
        title=title,
        description=description,
    )


def _of_boxes(boxes: Iterable[Box]) -> Iterable[Rect]:
    for box in boxes:
        yield box.rect
        yield box.label.area
        if box.is_trigger:
            yield box.rect.moved(-_TRIGGER_ROOM, 0)


def _hull(path: Path) -> Rect:
    return bounds(Rect(point.x, point.y, 0.0, 0.0) for point in path.points())


def _rounded(rect: Rect) -> Rect:
    """Grown to whole units, so that pictures have whole sizes."""
    return Rect(rect.x, rect.y, float(-(-rect.width // 1)), float(-(-rect.height // 1)))


def _moved_box(box: Box, dx: float, dy: float) -> Box:
    label = Label(_moved_lines(box.label.lines, dx, dy), box.label.area.moved(dx, dy))
    return Box(
        box.rect.moved(dx, dy), box.shape, box.badge, label, box.name, box.detail,
        box.is_trigger, box.disabled, box.mark,
    )  # fmt: skip


def _moved_wire(wire: Wire, dx: float, dy: float) -> Wire:
    tip = Point(wire.tip.x + dx, wire.tip.y + dy)
    return Wire(wire.source, wire.target, wire.tone, wire.path.moved(dx, dy), tip)


def _moved_lines(lines: Iterable[Line], dx: float, dy: float) -> tuple[Line, ...]:
    return tuple(
        Line(t.text, t.x + dx, t.y + dy, t.size, t.centred, t.bold, t.quiet) for t in lines
    )


def _described(graph: Graph) -> str:
    """``12 steps. Starts with Webhook. Uses Slack and Gmail.``"""
    if not graph.nodes:
        return "A workflow without steps."
    starts = dict.fromkeys(clean(n.label, _LONGEST_LABEL) for n in graph.nodes if n.is_trigger)
    used = Counter(clean(n.label, _LONGEST_LABEL) for n in graph.nodes if not n.is_trigger)
    sentences = [f"{counted(len(graph.nodes), 'step')}."]
    if any(starts):
        sentences.append(f"Starts with {sentence_list(tuple(filter(None, starts)), 4)}.")
    names = tuple(name for name, _ in used.most_common() if name)
    if names:
        sentences.append(f"Uses {sentence_list(names, 8)}.")
    return " ".join(sentences)
