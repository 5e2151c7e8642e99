"""The development command: what it decides, with its dealings with pip and apt recorded."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from tests.repository.source import ROOT

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX processes")


class Calls(list[list[str]]):
    """Commands that were asked for, and the exit code each kind gets."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, int] = {}

    def __call__(self, command: list[str], **_: object) -> int:
        self.append(command)
        return next((code for word, code in self.codes.items() if word in command), 0)

    def with_word(self, word: str) -> list[list[str]]:
        return [command for command in self if word in command]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py as a module that believes to lie in an empty project."""
    spec = importlib.util.spec_from_file_location("dev_under_test", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    project = tmp_path / "project"
    (project / "requirements").mkdir(parents=True)
    for name in ("requirements/run.txt", "requirements/dev.txt", "pyproject.toml"):
        (project / name).write_text(name)
    monkeypatch.setattr(module, "ROOT", project)
    monkeypatch.setattr(module, "BUILD", project / "build")
    monkeypatch.setattr(module, "REQUIREMENTS", project / "requirements")
    monkeypatch.setattr(module, "VENV", project / ".venv")
    monkeypatch.setattr(module, "STAMP", project / ".venv" / "koda-setup.json")
    monkeypatch.setattr(module, "UNFINISHED", project / ".venv" / "koda-setup-unfinished")
    return module


@pytest.fixture
def calls(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Calls:
    recorded = Calls()
    monkeypatch.setattr(dev.subprocess, "call", recorded)
    return recorded


def _installs(calls: Calls) -> list[str]:
    """What pip was asked for: the names of lock files, and "project"."""
    pips = calls.with_word("pip")
    return ["project" if "-e" in command else Path(command[-1]).name for command in pips]


def test_a_fresh_folder_gets_everything_and_the_stamp_last(dev: ModuleType, calls: Calls) -> None:
    dev.set_up("run")
    assert calls.with_word("venv")
    assert _installs(calls) == ["run.txt", "project"]
    (locked,) = (command for command in calls.with_word("pip") if "-r" in command)
    assert locked[locked.index("--require-hashes") :][1:3] == ["--only-binary", ":all:"]
    assert json.loads(dev.STAMP.read_text())["run"]
    assert not dev.UNFINISHED.exists()


def test_nothing_is_done_when_all_is_there(dev: ModuleType, calls: Calls) -> None:
    dev.set_up("dev")
    calls.clear()
    dev.set_up("dev")
    dev.set_up("run")
    assert _installs(calls) == []
    assert not calls.with_word("venv")


def test_tests_need_more_than_running(dev: ModuleType, calls: Calls) -> None:
    dev.set_up("run")
    calls.clear()
    dev.set_up("dev")
    assert _installs(calls) == ["dev.txt", "project"]


def test_only_what_changed_is_done_again(dev: ModuleType, calls: Calls) -> None:
    dev.set_up("dev")
    calls.clear()
    (dev.ROOT / "pyproject.toml").write_text("new")
    dev.set_up("dev")
    assert _installs(calls) == ["project"]
    calls.clear()
    (dev.REQUIREMENTS / "dev.txt").write_text("new")
    dev.set_up("run")
    assert _installs(calls) == []
    dev.set_up("dev")
    assert _installs(calls) == ["dev.txt", "project"]


def test_a_killed_set_up_starts_anew(dev: ModuleType, calls: Calls) -> None:
    dev.set_up("run")
    dev.UNFINISHED.touch()
    (dev.VENV / "half-installed").touch()
    calls.clear()
    dev.set_up("run")
    assert not (dev.VENV / "half-installed").exists()
    assert _installs(calls) == ["run.txt", "project"]


def test_a_venv_whose_python_is_gone_starts_anew(dev: ModuleType, calls: Calls) -> None:
    dev.set_up("run")
    calls.clear()
    calls.codes["-c"] = 1
    dev.set_up("run")
    assert _installs(calls) == ["run.txt", "project"]


def test_a_moved_folder_starts_anew(dev: ModuleType, calls: Calls) -> None:
    dev.set_up("run")
    stamp = json.loads(dev.STAMP.read_text())
    dev.STAMP.write_text(json.dumps({**stamp, "folder": "/elsewhere"}))
    (dev.VENV / "script-that-names-its-folder").touch()
    calls.clear()
    dev.set_up("run")
    assert not (dev.VENV / "script-that-names-its-folder").exists()
    assert _installs(calls) == ["run.txt", "project"]


def test_a_first_install_that_fails_is_not_taken_for_done(dev: ModuleType, calls: Calls) -> None:
    calls.codes["-r"] = 1
    with pytest.raises(dev.Stop, match="packages"):
        dev.set_up("run")
    calls.codes.clear()
    calls.clear()
    dev.set_up("run")
    assert _installs(calls) == ["run.txt", "project"]


def test_a_pip_that_was_killed_is_not_built_upon(dev: ModuleType, calls: Calls) -> None:
    dev.set_up("run")
    (dev.VENV / "half-installed").touch()
    (dev.REQUIREMENTS / "run.txt").write_text("new")
    calls.codes["-r"] = -9
    with pytest.raises(dev.Stop):
        dev.set_up("run")
    calls.codes.clear()
    dev.set_up("run")
    assert not (dev.VENV / "half-installed").exists()


def test_an_update_that_fails_keeps_the_old_venv(dev: ModuleType, calls: Calls) -> None:
    dev.set_up("run")
    (dev.VENV / "installed").touch()
    (dev.REQUIREMENTS / "run.txt").write_text("new")
    calls.codes["-r"] = 1
    with pytest.raises(dev.Stop):
        dev.set_up("run")
    calls.codes.clear()
    dev.set_up("run")
    assert (dev.VENV / "installed").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Debian")
class TestSystem:
    def test_what_is_there_is_not_asked_for(self, dev: ModuleType) -> None:
        assert dev.loads("libc.so.6")
        assert not dev.loads("libkoda-is-not-there.so.1")

    def test_missing_libraries_fonts_and_tools_are_named(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dev, "loads", lambda library: library != "libxcb-icccm.so.4")
        monkeypatch.setattr(dev, "FONT_FOLDERS", (str(dev.ROOT),))
        monkeypatch.setattr(dev.shutil, "which", lambda tool: None if tool == "Xvfb" else tool)
        missing = dev.missing_packages
        assert missing(screen=False, tests=False) == ["fonts-dejavu-core"]
        assert missing(screen=True, tests=False) == ["libxcb-icccm4", "fonts-dejavu-core"]
        assert missing(screen=False, tests=True) == ["libxcb-icccm4", "fonts-dejavu-core", "xvfb"]

    def test_root_installs(
        self, dev: ModuleType, calls: Calls, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dev.os, "geteuid", lambda: 0)
        monkeypatch.setattr(dev.shutil, "which", lambda tool: tool)
        monkeypatch.setattr(dev, "installed", lambda package: True)
        assert dev.apt_install(["xvfb"])
        assert calls[0] == ["apt-get", "update"]
        assert calls[1][:3] == ["apt-get", "install", "-y"]
        assert calls[1][-1] == "xvfb"

    def test_others_are_shown_the_command(
        self,
        dev: ModuleType,
        calls: Calls,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
        monkeypatch.setattr(dev.shutil, "which", lambda tool: tool)
        assert not dev.apt_install(["xvfb", "dbus"])
        assert calls == []
        assert "sudo apt-get update && sudo apt-get install -y" in capsys.readouterr().err


def test_an_unfitting_python_goes_on_in_one_that_fits(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    went = Calls()
    went.codes["-k"] = 7
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(dev.sys, "argv", ["dev.py", "test", "-k", "x"])
    monkeypatch.setattr(dev, "find_python", lambda: "/opt/python3.12")
    monkeypatch.setattr(dev, "call", lambda command, env: went(command))
    with pytest.raises(SystemExit) as left:
        dev.fit_python()
    assert left.value.code == 7
    assert went == [["/opt/python3.12", str(dev.ROOT / "dev.py"), "test", "-k", "x"]]


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_without_one_it_says_so(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]
) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (*version, 0, "final", 0))
    monkeypatch.setattr(dev, "find_python", lambda: None)
    with pytest.raises(dev.Stop, match=r"needs Python 3\.11, 3\.12 or 3\.13"):
        dev.fit_python()


@posix
def test_a_python_is_asked_its_version_not_believed(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shims = {"python3.13": "exit 127", "python3.12": "echo 3 9 /old", "python3.11": "echo lies"}
    shims["python3"] = f'exec {sys.executable} "$@"'
    for name, does in shims.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert dev.find_python() == sys.executable


def test_help_lists_every_command() -> None:
    shown = subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), "--help"], capture_output=True, text=True
    )
    assert shown.returncode == 0
    for command in ("run", "test", "lint", "types", "bench", "lock", "setup"):
        assert f"\n  {command} " in shown.stdout


def test_an_unknown_command_is_a_usage_error() -> None:
    run = subprocess.run([sys.executable, str(ROOT / "dev.py"), "tset"], capture_output=True)
    assert run.returncode == 2


def test_tests_see_nothing_of_the_persons(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KODA_DATA_DIR", "KODA_MONGODB_URI", "KODA_REAL_WORKFLOWS", "PIP_CERT"):
        monkeypatch.setenv(name, "x")
    seen = dev.test_environment(tmp_path)
    assert "KODA_DATA_DIR" not in seen
    assert "KODA_MONGODB_URI" not in seen
    assert seen["KODA_REAL_WORKFLOWS"] == seen["PIP_CERT"] == "x"
    assert seen["QT_QPA_PLATFORM"] == "offscreen"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the keyring of Linux desktops")
def test_the_tests_keyring_is_not_the_persons(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/person/share")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/person/runtime")
    seen = dev.test_environment(tmp_path)
    assert seen["HOME"] == str(tmp_path)
    assert "XDG_DATA_HOME" not in seen
    assert Path(seen["XDG_RUNTIME_DIR"]).parent == tmp_path


@posix
@pytest.mark.parametrize("interrupts", [signal.SIG_DFL, signal.SIG_IGN])
def test_stopping_it_stops_its_children(
    dev: ModuleType, tmp_path: Path, interrupts: signal.Handlers
) -> None:
    """SIGTERM to the command reaches the grandchildren, and their clean-up is waited for.

    Shells have their background jobs ignore interrupts.
    """
    child = (
        "import pathlib, subprocess, sys, time\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "try:\n"
        "    pathlib.Path('pid').write_text(str(inner.pid))\n"
        "    time.sleep(60)\n"
        "finally:\n"
        "    inner.wait()\n"
        "    pathlib.Path('cleaned').touch()\n"
    )
    outer = (
        "import signal, sys; sys.path.insert(0, sys.argv[1]); import dev\n"
        f"signal.signal(signal.SIGINT, signal.Handlers({interrupts.value}))\n"
        "sys.exit(dev.call([sys.executable, '-c', sys.argv[2]]))\n"
    )
    # call() runs in the folder of the project, so this project is a copy.
    (tmp_path / "dev.py").write_text((ROOT / "dev.py").read_text())
    running = subprocess.Popen(
        [sys.executable, "-c", outer, str(tmp_path), child], stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 130
    assert (tmp_path / "cleaned").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.secret_service
@pytest.mark.skipif(
    not os.environ.get("KODA_TEST_SECRET_SERVICE"), reason="started without dev.py's keyring"
)
def test_the_keyring_for_tests_works() -> None:
    code = (
        "import keyring; keyring.set_password('koda-test', 'a', 'b');"
        "print(type(keyring.get_keyring()).__module__, keyring.get_password('koda-test', 'a'));"
        "keyring.delete_password('koda-test', 'a')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "keyring.backends.SecretService b", run.stderr


@pytest.fixture
def started(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What the commands start, with all set-up done."""
    recorded = Calls()
    monkeypatch.setattr(dev, "set_up", lambda lock: None)
    monkeypatch.setattr(dev, "prepare_system", lambda **_: None)
    monkeypatch.setattr(dev, "call", lambda command, env=None: recorded(command))
    for name in ("CI", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return recorded


@pytest.mark.parametrize(
    ("screen", "arguments", "window"),
    [(True, [], True), (True, ["--headless"], False), (False, [], False)],
)
def test_run_opens_the_window_or_does_the_main_job(
    dev: ModuleType,
    started: Calls,
    monkeypatch: pytest.MonkeyPatch,
    screen: bool,
    arguments: list[str],
    window: bool,
) -> None:
    monkeypatch.setattr(dev, "has_screen", lambda: screen)
    started.codes["-m"] = 3
    assert dev.run([*arguments, "--data-dir", "x"]) == 3
    (command,) = started
    assert command[1:3] == ["-m", "koda_desktop"]
    assert command[-2:] == ["--data-dir", "x"]
    job = ["--main-job", "--screenshot", str(Path("build") / "koda-desktop.png")]
    assert command[3:-2] == (["--workspace", "sandbox"] if window else job)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens of Linux")
def test_a_screen_is_known_by_its_variables(
    dev: ModuleType, started: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not dev.has_screen()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert dev.has_screen()
    monkeypatch.setenv("CI", "true")
    assert not dev.has_screen()


def test_lint_runs_everything_and_fails_for_any(dev: ModuleType, started: Calls) -> None:
    started.codes["format"] = 1
    assert dev.lint([]) == 1
    assert [Path(command[0]).stem for command in started] == [
        "ruff",
        "ruff",
        "lint-imports",
        "mypy",
    ]
    started.codes.clear()
    assert dev.lint([]) == 0


def test_lint_fails_when_a_checker_is_killed(dev: ModuleType, started: Calls) -> None:
    started.codes["check"] = -9
    assert dev.lint([]) != 0


def test_bench_runs_each_or_the_named(dev: ModuleType, started: Calls) -> None:
    folder = dev.ROOT / "benchmarks"
    folder.mkdir()
    for name in ("_shared.py", "publish.py", "start.py"):
        (folder / name).touch()
    assert dev.bench([]) == 0
    assert dev.bench(["start"]) == 0
    assert [Path(command[1]).stem for command in started] == ["publish", "start", "start"]
    with pytest.raises(dev.Stop, match="publish start"):
        dev.bench(["strat"])


def test_uv_is_told_what_pip_is_told(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_CERT", "/certificates.pem")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", "/own.pem")
    told = dev.uv_environment()
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert told["SSL_CERT_FILE"] == "/own.pem"
