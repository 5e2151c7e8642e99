from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def desk(tmp_path: Path, server: Server) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk", server)
    yield desk
    desk.close()
