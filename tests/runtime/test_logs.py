from __future__ import annotations

import io
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from koda_desktop.errors import LocalFault
from koda_desktop.runtime import logs
from koda_desktop.runtime.paths import Paths
from tests.strictness.logs import ExpectedLogs

URI = "mongodb://seller:Zq7-password@db.example/koda"


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    level = logging.getLogger().level
    yield Paths(tmp_path / "data")
    logs.close()
    logging.getLogger().setLevel(level)


def _written(paths: Paths) -> str:
    return "".join(file.read_text("utf-8") for file in sorted(paths.logs.iterdir()))


def test_any_logger_reaches_the_file(paths: Paths) -> None:
    logs.configure(paths)
    logging.getLogger("some.library").info("hello %s", "there")
    logging.getLogger("some.library").debug("too small")
    assert "some.library: hello there" in _written(paths)
    assert "too small" not in _written(paths)


def test_arguments_are_redacted(paths: Paths) -> None:
    stream = io.StringIO()
    logs.configure(paths, "DEBUG", stream)
    logging.getLogger("pymongo").debug("connecting to %s %r", URI, {"Authorization": "Bearer Zq7"})
    for text in (_written(paths), stream.getvalue()):
        assert "db.example" in text
        assert "Zq7" not in text


def test_exceptions_their_causes_and_stacks_are_redacted(
    paths: Paths, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("it broke")
    logs.configure(paths)
    try:
        try:
            raise ValueError(f"first {URI}")
        except ValueError as cause:
            raise RuntimeError("second sk_live_Zq7Zq7Zq7Zq7") from cause
    except RuntimeError:
        logging.getLogger("x").exception("it broke", stack_info=True)
    text = _written(paths)
    assert "ValueError: first mongodb://seller:" in text
    assert "RuntimeError: second" in text
    assert "Stack (most recent call last)" in text
    assert "Zq7" not in text


def test_registered_secrets_are_struck_out(paths: Paths) -> None:
    logs.configure(paths)
    logs.register_secret("wJalrXUtnFEMI/K7MDENG")
    logging.getLogger("x").info("key %s", "wJalrXUtnFEMI/K7MDENG")
    logging.getLogger("x").info("url %s", "wJalrXUtnFEMI%2FK7MDENG")
    assert "K7MDENG" not in _written(paths)


def test_configuring_again_writes_each_line_once(paths: Paths) -> None:
    logs.configure(paths)
    logs.configure(paths)
    logging.getLogger("x").info("only once")
    assert _written(paths).count("only once") == 1


def test_handlers_of_others_stay(paths: Paths) -> None:
    before = list(logging.getLogger().handlers)
    logs.configure(paths)
    logs.close()
    assert logging.getLogger().handlers == before


def test_the_file_turns_over(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BYTES_PER_FILE", 2000)
    logs.configure(paths)
    for number in range(400):
        logging.getLogger("x").info("line %s", number)
    files = list(paths.logs.iterdir())
    assert len(files) == 1 + logs.OLDER_FILES
    assert max(file.stat().st_size for file in files) <= 2000
    assert "line 399" in (paths.logs / logs.FILE_NAME).read_text()


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_the_file_is_for_this_account_alone(paths: Paths) -> None:
    logs.configure(paths)
    assert stat.S_IMODE((paths.logs / logs.FILE_NAME).stat().st_mode) == 0o600


def test_text_no_encoding_takes_is_written_escaped(paths: Paths) -> None:
    logs.configure(paths)
    logging.getLogger("x").info("file %s", "bad\udcff.json")
    assert "bad\\udcff.json" in _written(paths)


def test_a_log_that_cannot_be_opened_is_told(paths: Paths) -> None:
    (paths.logs / logs.FILE_NAME).mkdir(parents=True)
    before = list(logging.getLogger().handlers)
    with pytest.raises(LocalFault, match=r"koda\.log"):
        logs.configure(paths)
    assert logging.getLogger().handlers == before
