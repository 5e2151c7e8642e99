"""Between two workspaces nothing is said that is not known."""

from __future__ import annotations

from koda_desktop.views.widgets.empty_state import EmptyState
from tests.views.stage import Play, Stage


def test_the_table_stands_empty_while_the_next_workspace_is_opened(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = stage.window.listings_page
        stage.window.leave()
        assert page.model.rowCount() == 0
        assert page.table.isVisible()
        assert not any(one.isVisible() for one in page.findChildren(EmptyState))
        stage.workspace.all_rows.clear()
        stage.window.use(stage.workspace)
        await stage.see(lambda: any(one.isVisible() for one in page.findChildren(EmptyState)))

    play(scene)
