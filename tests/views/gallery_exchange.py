"""The scenes of the gallery that show import, export and folders."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QAbstractButton, QListView, QWidget

from koda_desktop.views.actions import Act
from koda_desktop.views.dialogs.taking import TakingDialog
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.widgets.segments import Segments
from tests.cli.conftest import write_broken, write_workflow
from tests.controllers.support import until
from tests.views.exchange_desk import ExchangeDesk, document, table
from tests.views.gallery_studio import SETTLE, Studio, opened, part

_LONG = (
    "A title that goes on for a very long time, as titles do that were written for a search engine"
    " and not for a person who wants to know what the workflow does"
)
_HEADER = ("id", "title", "price", "tags", "description", "Vendor", "version")


def _desk(studio: Studio) -> ExchangeDesk:
    folder = Path(tempfile.mkdtemp(dir=studio.data))
    titles = ["Invoice reminder", _LONG, "Lead digest", "Order alerts", "Support drafts"]
    titles += [f"Workflow {number}" for number in range(6, 60)]
    return ExchangeDesk(folder, [document(title) for title in titles])


def _prices(studio: Studio) -> Path:
    ids = [f"{number:024x}" for number in range(1, 60)]
    rows = [
        [ids[0], "", "12,50", "n8n, email, finance", "", "Ada", ""],
        [ids[1], _LONG + ", again", "19.99", "", "Another text.\nWith lines.", "Ada", "1.1.0"],
        [ids[2], "", "1,234.00", "", "", "Ada", "01.02.2003"],
        ["", "A new listing", "5", "make", "What it does.", "Ada", "1.0.0"],
        ["f" * 24, "", "5", "", "", "Ada", ""],
        *([one, "", "14.99", "", "", "Ada", ""] for one in ids[5:40]),
        *([one, "", "9.99", "", "", "Ada", ""] for one in ids[40:]),
    ]
    return table(studio.data / "prices-of-the-summer-sale.csv", _HEADER, *rows)


async def _import_dialog(studio: Studio, path: Path | None) -> tuple[MainWindow, QWidget]:
    window = await opened(studio, _desk(studio))
    flow = window.work._exchanging()
    flow.import_file(path)
    await asyncio.sleep(SETTLE)
    return window, part(window, "import-dialog")


async def import_start(studio: Studio) -> QWidget:
    return (await _import_dialog(studio, None))[1]


async def import_columns(studio: Studio) -> QWidget:
    return (await _import_dialog(studio, _prices(studio)))[1]


async def import_review(studio: Studio) -> QWidget:
    dialog = await import_columns(studio)
    await _press(dialog, "import-compare")
    await until(part(dialog, "import-dialog-apply").isVisible)
    return dialog


async def import_review_of_one(studio: Studio) -> QWidget:
    dialog = await import_review(studio)
    lines = part(dialog, "review-lines")
    assert isinstance(lines, QListView)
    lines.setCurrentIndex(lines.model().index(1, 0))
    await asyncio.sleep(0.2)
    return dialog


async def import_refused(studio: Studio) -> QWidget:
    dialog = await import_review(studio)
    segments = part(dialog, "review-filter")
    assert isinstance(segments, Segments)
    segments._pick(4)
    await asyncio.sleep(SETTLE)
    dialog.resize(dialog.minimumSize())
    return dialog


async def import_nothing(studio: Studio) -> QWidget:
    path = table(studio.data / "same.csv", ("title", "price"), ("Lead digest", "9.99"))
    dialog = (await _import_dialog(studio, path))[1]
    await _press(dialog, "import-compare")
    return dialog


async def import_done(studio: Studio) -> QWidget:
    dialog = await import_review(studio)
    await _press(dialog, "import-dialog-apply")
    return dialog


async def import_unreadable(studio: Studio) -> QWidget:
    path = studio.data / "prices.xlsx"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    return (await _import_dialog(studio, path))[1]


async def import_working(studio: Studio) -> QWidget:
    from koda_desktop.runtime.work import Progress

    dialog = await import_columns(studio)
    assert isinstance(dialog, TakingDialog)
    dialog.show_working("Comparing with your listings…")
    dialog.show_progress(Progress(12_000, 50_000, "compare"))
    return dialog


async def _press(dialog: QWidget, name: str) -> None:
    button = part(dialog, name)
    assert isinstance(button, QAbstractButton)
    await until(button.isVisible)
    button.click()
    await asyncio.sleep(3 * SETTLE)


async def export(studio: Studio) -> QWidget:
    window = await opened(studio, _desk(studio))
    window.work.actions[Act.EXPORT].trigger()
    await asyncio.sleep(SETTLE)
    return part(window, "export-dialog")


async def export_done(studio: Studio) -> QWidget:
    from koda_desktop.sync.exchange.exporting import ExportReport
    from koda_desktop.views.dialogs.export import ExportDialog

    dialog = await export(studio)
    assert isinstance(dialog, ExportDialog)
    dialog.show_done(ExportReport(Path("listings.xlsx"), 4_812, 3))
    return dialog


async def folder(studio: Studio) -> QWidget:
    root = studio.data / "workflows"
    write_workflow(root / "invoices.json", name="Invoice reminder two")
    write_workflow(root / "deep" / "in" / "a-folder-with-a-long-name" / "leads.json", name="Leads")
    write_broken(root / "broken.json")
    (root / "koda-shop.csv").write_text("file_path,price\ninvoices.json,12.50\n", "utf-8")
    window = await opened(studio, _desk(studio))
    window.work._exchanging().folder(root)
    await asyncio.sleep(3 * SETTLE)
    return part(window, "folder-dialog")


async def folder_start(studio: Studio) -> QWidget:
    window = await opened(studio, _desk(studio))
    window.work.actions[Act.FOLDER].trigger()
    await asyncio.sleep(SETTLE)
    return part(window, "folder-dialog")


EXCHANGE_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    import_start,
    import_columns,
    import_review,
    import_review_of_one,
    import_refused,
    import_nothing,
    import_done,
    import_unreadable,
    import_working,
    export,
    export_done,
    folder,
    folder_start,
)
