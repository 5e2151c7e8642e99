"""What is loaded before the first paint: no more than docs/decisions/0009 allows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from koda_desktop.app.opening import Opening
from koda_desktop.app.start import Options
from koda_desktop.runtime.paths import Paths

# Modules that Python and PySide load for a bare window too are left out of the comparison.
BARE = """
import json, sys
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.show()
application.processEvents()
print(json.dumps([*sys.modules]))
"""

# The real program, up to where it would load what the window works with.
OURS = """
import enum, json, sys
made = []
make = enum.EnumType.__new__
def note(kind, name, bases, names, **options):
    made.append(names.get("__qualname__", name))
    return make(kind, name, bases, names, **options)
enum.EnumType.__new__ = note
import koda_desktop.app
from koda_desktop.__main__ import main
def work(*arguments):
    print(json.dumps({"modules": [*sys.modules], "enums": made}))
    return 0
koda_desktop.app.work = work
sys.exit(main(["--data-dir", sys.argv[1]]))
"""

OWN = {
    "koda_desktop": {"", "__main__", "app", "errors", "runtime", "views"},
    "koda_desktop.app": {"instance", "opening", "start"},
    "koda_desktop.runtime": {
        "crash",
        "filelock",
        "files",
        "paths",
        "resources",
        "settings",
        "turns",
    },
    "koda_desktop.views": {
        *{"format", "main_window", "pages", "tables", "theme", "widgets", "window_state"},
    },
    "koda_desktop.views.pages": {"listings_bar", "listings_chooser", "listings_page"},
    "koda_desktop.views.tables": {
        *{"header", "lines", "listings_columns", "listings_model"},
        *{"listings_layout", "listings_table", "object_list"},
    },
    "koda_desktop.views.theme": {"fonts", "icons", "palette", "sheet", "theme", "tokens"},
    "koda_desktop.views.widgets": {
        *{"button", "filter_field", "labels", "layouts", "nav_item", "page_header", "search_field"},
        *{"segments", "sidebar", "status_button", "workspace_button"},
    },
}
OTHERS = {
    *{"PySide6.QtSvg", "array", "datetime", "faulthandler", "gc", "json", "locale", "signal"},
    *{"fcntl", "msvcrt"},
}
"""Beside what a bare window loads. Modules of a package, and those in C, count as their own."""

MOST_MODULES = 60


def loaded(program: str, *arguments: str) -> str:
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_but_what_is_seen_is_loaded_before_the_first_paint(tmp_path: Path) -> None:
    told = json.loads(loaded(OURS, str(tmp_path)))
    extra = set(told["modules"]) - set(json.loads(loaded(BARE)))
    own = {name for name in extra if name.partition(".")[0] == "koda_desktop"}
    allowed = {f"{room}.{name}".rstrip(".") for room, names in OWN.items() for name in names}
    assert own - allowed == set()
    others = {_public(name) for name in extra - own}
    assert others - OTHERS == set()
    assert len(extra) <= MOST_MODULES


def _public(name: str) -> str:
    """``json`` for ``json.decoder`` and for ``_json``; PySide's modules by their own names."""
    return name if name.startswith("PySide6.") else name.partition(".")[0].lstrip("_")


def test_no_enums_of_styles_and_other_widgets_are_set_up(tmp_path: Path) -> None:
    """A QStyle or a plain QWidget of Qt's own in Python's hands costs hundreds of members each."""
    enums = set(json.loads(loaded(OURS, str(tmp_path)))["enums"])
    assert {"AlignmentFlag", "SelectionBehavior"} <= enums
    assert not {"PrimitiveElement", "TabPosition"} & enums


def test_a_window_nobody_sees_does_not_hold_the_start_up(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = Opening(qapp, Options(Paths(tmp_path).ensure()))
    monkeypatch.setattr(opening.window, "show", lambda: None)
    opening.paint()
    assert not opening.window.isVisible()
    opening.window.deleteLater()


def test_a_log_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    log = Paths(tmp_path).ensure().logs / "koda.log"
    log.mkdir()
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "koda_desktop", "--data-dir", str(tmp_path)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "koda-desktop: The log koda.log could not be opened" in done.stderr
