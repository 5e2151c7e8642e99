"""Draws every page, dialog and widget, in both themes and at two ratios, with made-up data.

Run by hand from the repository's root::

    python -m tests.views.gallery [--only NAME] [--ratio 1|2] [--out build/gallery]
    python -m tests.views.gallery --guide

The second draws the pictures of the documentation. They need no screen and no server. Look at each
of them after a change to the looks.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from koda_desktop.views.theme.theme import Scheme
    from tests.views.gallery_studio import Studio

ROOT = Path(__file__).resolve().parents[2]
_SMALLEST = 0
"""Of a PNG: packed as tightly as it goes, whatever time that takes."""

_SCREEN = "tests/views/gallery_screen.json"


def main() -> int:
    """Draw, in one process per ratio, because Qt reads the ratio once."""
    options = _options()
    if options.guide:
        options.ratio, options.out = "1", ROOT / "docs" / "images"
    if options.ratio is None:
        import subprocess

        base = [sys.executable, "-m", "tests.views.gallery", "--out", str(options.out)]
        base += ["--only", options.only]
        return max(
            subprocess.run([*base, "--ratio", ratio], check=False).returncode
            for ratio in ("1", "2")
        )
    # Room for whole menus and dialogs at both ratios; Qt's own has 800 pixels a side.
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={_SCREEN}"
    os.environ["QT_SCALE_FACTOR"] = options.ratio
    options.out.mkdir(parents=True, exist_ok=True)
    _draw(options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--guide", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--ratio", choices=("1", "2"))
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "gallery")
    return parser.parse_args()


def _draw(options: argparse.Namespace) -> None:
    import qasync

    from koda_desktop.app import make_application

    app = make_application()
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop, tempfile.TemporaryDirectory() as data:
        loop.run_until_complete(_draw_all(app, options, Path(data)))


async def _draw_all(app: QApplication, options: argparse.Namespace, data: Path) -> None:
    from koda_desktop.views.theme.theme import Theme
    from tests.views.gallery_scenes import SCENES
    from tests.views.gallery_studio import Studio

    theme = Theme(app, ROOT / "resources")
    for scheme, names in _wanted(options, list(SCENES)).items():
        theme.set_scheme(scheme)
        for picture, name in names.items():
            studio = Studio(theme, data)
            await _take(SCENES[name], studio, options.out / f"{picture}.png")
            await studio.close()
            gc.collect()


def _wanted(options: argparse.Namespace, scenes: list[str]) -> dict[Scheme, dict[str, str]]:
    """In each theme, the scene of every picture that is to be drawn."""
    from koda_desktop.views.theme.theme import Scheme
    from tests.views.guide_pictures import PICTURES

    found: dict[Scheme, dict[str, str]] = {}
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        if options.guide:
            found[scheme] = {name: scene for name, (scene, of) in PICTURES.items() if of == scheme}
        else:
            end = f"-{scheme.value}-{options.ratio}x"
            found[scheme] = {f"{one}{end}": one for one in scenes if options.only in one}
    return found


async def _take(
    scene: Callable[[Studio], Awaitable[QWidget]], studio: Studio, picture: Path
) -> None:
    widget = await scene(studio)
    await asyncio.sleep(0.15)
    widget.grab().save(str(picture), quality=_SMALLEST)


if __name__ == "__main__":
    sys.exit(main())
