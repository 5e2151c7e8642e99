"""What is said of a graph and its nodes in tool tips and to screen readers."""

from __future__ import annotations

from koda_desktop.workflows.drawing.scene import Box, Scene
from koda_desktop.workflows.texts import sentence_list

_MOST_NAMED = 5


def box_words(box: Box) -> str:
    """``Send message, Slack, disabled``."""
    words = [box.name]
    if box.detail.casefold() not in box.name.casefold():
        words.append(box.detail)
    if box.is_trigger:
        words.append("trigger")
    if box.disabled:
        words.append("disabled")
    if box.mark is not None:
        words.append(box.mark.words)
    return ", ".join(words)


def scene_words(scene: Scene, selected: int | None) -> str:
    """The whole graph in a few sentences, or the chosen node and what it is joined to."""
    if selected is None:
        return scene.description
    before = [w.source for w in scene.wires if w.target == selected and w.tone != "ai"]
    after = [w.target for w in scene.wires if w.source == selected and w.tone != "ai"]
    helpers = [w.source for w in scene.wires if w.target == selected and w.tone == "ai"]
    helped = [w.target for w in scene.wires if w.source == selected and w.tone == "ai"]
    parts = [
        _said("Comes after", scene, before), _said("Leads to", scene, after),
        _said("Uses", scene, helpers), _said("Used by", scene, helped),
    ]  # fmt: skip
    return " ".join([f"{box_words(scene.boxes[selected])}.", *filter(None, parts)])


def _said(words: str, scene: Scene, numbers: list[int]) -> str:
    names = tuple(dict.fromkeys(scene.boxes[number].name for number in numbers))
    return f"{words} {sentence_list(names, _MOST_NAMED)}." if names else ""
