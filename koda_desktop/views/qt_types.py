"""Makes Qt's classes known to Python before a pool thread loads a module that uses them.

PySide makes a class and its enumerations when they are first used, and two threads that do so at
once end the program: whichever classes they are. A module of views that is loaded on a pool, so
that the window does not wait for it, is to find them all made.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

_MODULES = (
    *("QtCore", "QtGui", "QtWidgets", "QtNetwork", "QtSvg"),
    # What pyqtgraph loads beside them, where it is there.
    *("QtOpenGL", "QtOpenGLWidgets", "QtTest"),
)
_SLICE_SECONDS = 0.004


async def make_all() -> None:
    """Call it on the window's thread, which goes on meanwhile: it takes 4 ms at a time.

    A fifth of a second in all the first time, nothing to speak of afterwards.
    """
    begun = time.perf_counter()
    for _ in _made():
        if time.perf_counter() - begun > _SLICE_SECONDS:
            await asyncio.sleep(0)
            begun = time.perf_counter()


def _made() -> Iterator[object]:
    for name in _MODULES:
        with suppress(ImportError):
            module = import_module(f"PySide6.{name}")
            yield module
            # Not the module's own namespace, which holds only what was used already.
            for each in dir(module):
                yield getattr(module, each, None)
