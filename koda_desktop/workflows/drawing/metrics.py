"""How wide a text will be, without a font: a table for Latin letters and rules for the rest.

The widths are the advances of the bundled Koda Sans at weight 500, in thousandths of the size.
"""

from __future__ import annotations

import unicodedata

_ASCII = (
    265, 294, 400, 637, 643, 828, 651, 217, 378, 378, 522, 666, 288, 463, 283, 368, 646, 473, 613,
    644, 654, 620, 636, 579, 631, 636, 283, 288, 666, 666, 666, 526, 968, 700, 654, 735, 722, 603,
    586, 749, 742, 270, 552, 664, 564, 898, 747, 768, 639, 768, 645, 643, 651, 738, 700, 978, 666,
    685, 639, 378, 368, 378, 475, 460, 497, 569, 626, 568, 626, 587, 369, 617, 602, 249, 249, 556,
    249, 884, 597, 602, 617, 617, 384, 536, 372, 594, 566, 825, 551, 566, 551, 378, 342, 378, 666,
)  # fmt: skip
_WIDE, _OTHER_CAPITAL, _OTHER, _ELLIPSIS = 1050, 800, 640, 820
_BOLD = 1.03


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of ``text`` set at ``size``, a little generous where the script is not Latin."""
    total = sum(_advance(char) for char in text) * size / 1000
    return total * _BOLD if bold else total


def _advance(char: str) -> int:
    code = ord(char)
    if 32 <= code < 127:
        return _ASCII[code - 32]
    if char == "…":
        return _ELLIPSIS
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return _WIDE
    base = unicodedata.normalize("NFD", char)[0]
    if base != char and 32 <= ord(base) < 127:
        return _ASCII[ord(base) - 32]
    return _OTHER_CAPITAL if char.isupper() else _OTHER


def fitted(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """``text`` cut to ``width`` with an ellipsis; never empty for a text that was not."""
    if text_width(text, size, bold=bold) <= width:
        return text
    room = width - text_width("…", size, bold=bold)
    kept = _longest_prefix(text, size, room, bold) or 1
    return text[:kept].rstrip(" ,;:-") + "…"


def _longest_prefix(text: str, size: float, width: float, bold: bool) -> int:
    used = 0.0
    for index, char in enumerate(text):
        used += text_width(char, size, bold=bold)
        if used > width:
            return _before_joined(text, index)
    return len(text)


def _at_a_joint(word: str, most: int) -> int:
    """``most`` moved back behind a sign that joins words, where one is near."""
    joint = max(word.rfind(sign, 0, most) for sign in "_-./:") + 1
    return joint if joint * 2 > most else most


def _before_joined(text: str, index: int) -> int:
    """``index`` moved back so that a letter keeps its accents and an emoji its parts."""
    while index > 0 and unicodedata.category(text[index]) in ("Mn", "Me", "Cf"):
        index -= 1
    return index


def wrapped(
    text: str, size: float, width: float, most: int, *, bold: bool = False
) -> tuple[str, ...]:
    """``text`` in at most ``most`` lines of ``width``, broken between words where there are any;
    what does not fit ends in an ellipsis."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        taken = _line(words, size, width, bold)
        lines.append(taken)
    if words:
        lines.append(fitted(" ".join(words), size, width, bold=bold))
    return tuple(lines)


def _line(words: list[str], size: float, width: float, bold: bool) -> str:
    """Takes the next line off ``words``; a word too long for a line is broken."""
    taken = [words.pop(0)]
    while words and text_width(" ".join([*taken, words[0]]), size, bold=bold) <= width:
        taken.append(words.pop(0))
    whole = " ".join(taken)
    if text_width(whole, size, bold=bold) <= width:
        return whole
    kept = _at_a_joint(whole, max(1, _longest_prefix(whole, size, width, bold)))
    if kept < len(whole):
        words.insert(0, whole[kept:])
    return whole[:kept]
