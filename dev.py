#!/usr/bin/env python3
"""The one command for working on Koda Desktop. It needs nothing but Python 3.11, 3.12 or 3.13.

`run` and `test` do all the set-up they need and repair one that was interrupted. Only the standard
library is used, and syntax that an older Python can read, so that it can say it is too old.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

OLDEST = (3, 11)
NEWEST = (3, 13)

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "koda-setup.json"
UNFINISHED = VENV / "koda-setup-unfinished"
WINDOWS = os.name == "nt"
LINUX = sys.platform.startswith("linux")

# What Qt, and the sandbox's database, load at run time, and the Debian package of each. Names of
# shared libraries are tried rather than packages counted: they are the same on every release and
# whoever built them.
LIBRARIES_ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libcurl.so.4": "libcurl4",
    "liblzma.so.5": "liblzma5",
    "libssl.so.3": "libssl3",
}
LIBRARIES_FOR_A_SCREEN = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-util.so.1": "libxcb-util1",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
TOOLS_FOR_TESTS = {
    "gnome-keyring-daemon": "gnome-keyring",
    "dbus-run-session": "dbus",
    "Xvfb": "xvfb",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT_PACKAGE = "fonts-dejavu-core"

# The person's own settings of the program must not reach the tests; these are made for them.
FOR_TESTS = ("KODA_TEST_", "KODA_REAL_WORKFLOWS", "KODA_SANDBOX_MONGOD")


class Stop(Exception):
    """The command cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


# A Python that fits


def fit_python() -> None:
    """Return if this Python fits; else go on in one that does, or say what is needed."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    have = "{}.{}".format(*sys.version_info[:2])
    other = None if os.environ.get("KODA_DEV_PYTHON_CHOSEN") else find_python()
    if other is None:
        raise Stop(
            f"this is Python {have}; Koda Desktop needs Python 3.11, 3.12 or 3.13. "
            f"Install one, then run: python3.12 dev.py {' '.join(sys.argv[1:])}"
        )
    say(f"this is Python {have}, which does not fit; going on with {other}")
    command = [other, str(ROOT / "dev.py"), *sys.argv[1:]]
    raise SystemExit(call(command, {**os.environ, "KODA_DEV_PYTHON_CHOSEN": "1"}))


def find_python() -> str | None:
    """The path of a Python on PATH that fits, newest first; None if there is none."""
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    launcher = [["py", f"-3.{minor}"] for minor in minors] if WINDOWS else []
    named = [[f"python3.{minor}"] for minor in minors]
    for command in [*launcher, *named, ["python3"], ["python"]]:
        # Asked rather than believed: a name on PATH may be a shim with nothing behind it.
        ask = "import sys; print(*sys.version_info[:2], sys.executable)"
        with contextlib.suppress(OSError, subprocess.TimeoutExpired, ValueError):
            answer = subprocess.run(
                [*command, "-c", ask], capture_output=True, timeout=30, check=False
            )
            major, minor, path = answer.stdout.decode(errors="replace").strip().split(" ", 2)
            if OLDEST <= (int(major), int(minor)) <= NEWEST:
                return path
    return None


# The virtual environment


def in_venv(name: str) -> str:
    return str(VENV / ("Scripts" if WINDOWS else "bin") / (name + (".exe" if WINDOWS else "")))


def set_up(lock: str) -> None:
    """Make .venv hold the lock file `lock` ("run" or "dev") and the project itself."""
    with one_at_a_time():
        have = read_stamp()
        if UNFINISHED.exists() or (VENV.exists() and not venv_runs()) or was_moved(have):
            say("the virtual environment is unfinished or was moved; making it anew")
            shutil.rmtree(VENV)
            have = {}
        # dev.txt holds all of run.txt, so that it satisfies both.
        goal = fingerprints(["run", "dev"] if lock == "dev" else ["run"])
        if goal.items() <= have.items():
            return
        if not VENV.exists():
            make_venv()
        if any(have.get(key) != goal[key] for key in goal if key != "project"):
            install_locked(lock)
        install_project()
        # The stamp comes last: what is not stamped is not done.
        STAMP.write_text(json.dumps({**have, **goal}, indent=2))
        UNFINISHED.unlink()


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold a lock of the system, which a killed process cannot leave behind."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "setup.lock").open("a+") as lock:
        if sys.platform == "win32":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):
                    msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def venv_runs() -> bool:
    """Whether the virtual environment's Python starts and fits; its original may be gone."""
    check = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    try:
        return subprocess.call([in_venv("python"), "-c", check]) == 0
    except OSError:
        return False


def was_moved(stamp: dict[str, str]) -> bool:
    """Whether the folder has another name than at set-up: .venv/bin holds scripts that name it."""
    return stamp.get("folder", str(ROOT)) != str(ROOT)


def fingerprints(locks: list[str]) -> dict[str, str]:
    """What the stamp must say. The project's file counts: entry points and metadata are its."""
    files = {lock: REQUIREMENTS / f"{lock}.txt" for lock in locks}
    files["project"] = ROOT / "pyproject.toml"
    found = {key: hashlib.sha256(file.read_bytes()).hexdigest() for key, file in files.items()}
    found["folder"] = str(ROOT)
    return found


def read_stamp() -> dict[str, str]:
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def make_venv() -> None:
    say("making the virtual environment in .venv")
    if importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        if not apt_install([package]):
            raise Stop("Python's module for virtual environments is missing; see above")
    VENV.mkdir()
    UNFINISHED.touch()
    if subprocess.call([sys.executable, "-m", "venv", str(VENV)]) != 0:
        raise Stop("the virtual environment could not be made; see above")


def install_locked(lock: str) -> None:
    say(f"installing requirements/{lock}.txt")
    hashed = ["--require-hashes", "--only-binary", ":all:"]
    pip_install([*hashed, "-r", str(REQUIREMENTS / f"{lock}.txt")])


def install_project() -> None:
    pip_install(["--no-build-isolation", "--no-deps", "-e", str(ROOT)])


def pip_install(arguments: list[str]) -> None:
    """Install; marked while it lasts, because a killed pip leaves packages half installed."""
    UNFINISHED.touch()
    command = [in_venv("python"), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    code = subprocess.call([*command, *arguments], cwd=str(ROOT))
    if code > 0:
        # Failing by itself, it undoes what it began.
        UNFINISHED.unlink()
    if code != 0:
        raise Stop("the packages could not be installed; see above. Run this again to go on")


# What the system must have


def prepare_system(*, screen: bool, tests: bool) -> None:
    """Install what is missing on a Debian-like system; say what is missing on any other Linux."""
    if not LINUX:
        return
    missing = missing_packages(screen=screen, tests=tests)
    if missing and apt_install(missing):
        missing = missing_packages(screen=screen, tests=tests)
    if missing:
        say("going on without: " + " ".join(missing))


def missing_packages(*, screen: bool, tests: bool) -> list[str]:
    libraries = {**LIBRARIES_ALWAYS, **(LIBRARIES_FOR_A_SCREEN if screen or tests else {})}
    missing = [package for library, package in libraries.items() if not loads(library)]
    if not has_font():
        missing.append(FONT_PACKAGE)
    if tests:
        missing += [package for tool, package in TOOLS_FOR_TESTS.items() if not shutil.which(tool)]
    return missing


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return any(font for folder in folders for font in folder.rglob("*.[to]t[fc]"))


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages, or print the command that does; True if they were installed."""
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        say("missing (Debian's names; install them with this system's own): " + " ".join(packages))
        return False
    if os.geteuid() != 0:
        say(f"missing; to install: sudo apt-get update && sudo {' '.join(install)}")
        return False
    say("installing " + " ".join(packages))
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], install):
        # Its progress is not this command's output.
        if subprocess.call(command, env=quiet, stdout=sys.stderr.fileno()) != 0:
            say(f"this failed: {' '.join(command)}")
    return not [package for package in packages if not installed(package)]


def installed(package: str) -> bool:
    ask = ["dpkg-query", "-W", "-f", "${Status}", package]
    answer = subprocess.run(ask, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return answer.stdout.endswith(b" installed")


# Running things


def call(command: list[str], env: Mapping[str, str] | None = None) -> int:
    """Run `command` to its end and return its exit code.

    When this process is told to stop, so is the command with all its children, and waited for.
    """
    # Shells have their background jobs ignore interrupts; the command must not inherit that.
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        child = subprocess.Popen(command, cwd=str(ROOT), env=env, start_new_session=not WINDOWS)
    finally:
        signal.signal(signal.SIGINT, interrupt)
    terminate = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return child.wait()
    except KeyboardInterrupt:
        stop(child)
        return 130
    finally:
        signal.signal(signal.SIGTERM, terminate)


def stop(child: subprocess.Popen[bytes]) -> None:
    """Ask the child's whole group to end, and end it after 20 seconds."""
    if sys.platform == "win32":
        # The console has told it already.
        child.wait()
        return
    os.killpg(child.pid, signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        child.wait(20)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def call_all(commands: list[list[str]], env: Mapping[str, str] | None = None) -> int:
    """Run every command, whatever the others say; 0 only if all of them said 0."""
    codes = []
    for command in commands:
        shown = [Path(command[0]).stem, *command[1:]]
        say(" ".join(shown))
        codes.append(call(command, env))
    return max(map(abs, codes), default=0)


def has_screen() -> bool:
    if os.environ.get("CI"):
        return False
    if LINUX:
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


# The commands; the first line of each docstring is its help


def run(arguments: list[str]) -> int:
    """open the window on the sandbox; without a screen (or with --headless) do the main job"""
    screen = has_screen() and "--headless" not in arguments
    arguments = [each for each in arguments if each != "--headless"]
    prepare_system(screen=screen, tests=False)
    set_up("run")
    program = [in_venv("python"), "-m", "koda_desktop"]
    if screen:
        return call([*program, "--workspace", "sandbox", *arguments])
    picture = BUILD / "koda-desktop.png"
    job = ["--main-job", "--screenshot", str(picture.relative_to(ROOT))]
    return call([*program, *job, *arguments], {**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def test(arguments: list[str]) -> int:
    """run the tests; arguments go to pytest (test tests/runtime -k settings)"""
    prepare_system(screen=False, tests=True)
    set_up("dev")
    pytest = [in_venv("python"), "-m", "pytest", *arguments]
    with tempfile.TemporaryDirectory(prefix="koda-test-", ignore_cleanup_errors=True) as home:
        environment = test_environment(Path(home))
        if not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")):
            say("no keyring service here: the tests that need one are skipped")
            return call(pytest, environment)
        inside = [in_venv("python"), str(ROOT / "dev.py"), "_with-keyring", *pytest]
        return call(["dbus-run-session", "--", *inside], environment)


def test_environment(home: Path) -> dict[str, str]:
    """The person's environment without their keyring, files, bus, screen and Koda settings."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KODA_") or name.startswith(FOR_TESTS)
    }
    environment["QT_QPA_PLATFORM"] = "offscreen"
    if not LINUX:
        return environment
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "GNOME_KEYRING_CONTROL"):
        environment.pop(name, None)
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    return {**environment, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}


def with_keyring(command: list[str]) -> int:
    """Run `command` with an unlocked keyring on the session bus made for it (not listed)."""
    daemon = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    keyring = subprocess.Popen(
        daemon, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        assert keyring.stdin is not None
        keyring.stdin.write(b"only for tests")
        keyring.stdin.close()
        environment = dict(os.environ)
        if keyring_answers():
            environment["KODA_TEST_SECRET_SERVICE"] = "1"
        else:
            say("the keyring service did not start: the tests that need one are skipped")
        return subprocess.call(command, env=environment)
    finally:
        keyring.terminate()
        keyring.wait()


def keyring_answers() -> bool:
    """Wait until the service has its name on the bus: asked too early, a second would start."""
    ask = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
    ask += ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if b"true" in subprocess.run(ask, check=False, stdout=subprocess.PIPE).stdout:
            return True
        time.sleep(0.05)
    return False


def lint(arguments: list[str]) -> int:
    """check style, format, the rooms' imports and types (lint --fix mends what can be mended)"""
    set_up("dev")
    fix = "--fix" in arguments
    ruff = in_venv("ruff")
    commands = [
        [ruff, "check", *(["--fix"] if fix else []), "."],
        [ruff, "format", *([] if fix else ["--check"]), "."],
        [in_venv("lint-imports"), "--no-logo"],
        [in_venv("mypy")],
    ]
    return call_all(commands)


def types(arguments: list[str]) -> int:
    """check types alone; arguments go to mypy"""
    set_up("dev")
    return call([in_venv("mypy"), *arguments])


def bench(arguments: list[str]) -> int:
    """run the benchmarks one after the other (bench NAME… runs these alone)"""
    prepare_system(screen=False, tests=False)
    set_up("dev")
    scripts = sorted((ROOT / "benchmarks").glob("[!_]*.py"))
    chosen = [each for each in scripts if not arguments or each.stem in arguments]
    if not chosen:
        raise Stop("no such benchmark; there are: " + " ".join(each.stem for each in scripts))
    commands = [[in_venv("python"), str(each.relative_to(ROOT))] for each in chosen]
    return call_all(commands, {**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def faults(arguments: list[str]) -> int:
    """run the fault kit (faults --seeds 1000, --kills 300, --mutations, --replay 17; see --help)"""
    prepare_system(screen=False, tests=True)
    set_up("dev")
    program = [in_venv("python"), "-m", "tests.faults.run", *arguments]
    return call(program, {**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def lock(arguments: list[str]) -> int:
    """write the lock files anew (lock --upgrade takes newer versions); needs the network"""
    if not Path(in_venv("uv")).exists():
        set_up("dev")
    compile_ = [in_venv("uv"), "pip", "compile", "--universal", "--python-version", "3.11"]
    compile_ += ["--generate-hashes", "--no-header", "--no-annotate", "--quiet", *arguments]
    everything = ["--extra", "sandbox", "--group", "dev", "-o", "requirements/dev.txt"]
    # Held to dev.txt's versions, so that one virtual environment serves both.
    part = ["--extra", "sandbox", "--group", "build", "-c", "requirements/dev.txt"]
    part += ["-o", "requirements/run.txt"]
    for which in (everything, part):
        if call([*compile_, *which, "pyproject.toml"], uv_environment()) != 0:
            raise Stop("the lock files could not be written; see above")
    return 0


def uv_environment() -> dict[str, str]:
    """uv told in its own words what pip's variables say."""
    words = {
        "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
        "PIP_EXTRA_INDEX_URL": "UV_INDEX",
        "PIP_CERT": "SSL_CERT_FILE",
    }
    told = {words[name]: os.environ[name] for name in words if os.environ.get(name)}
    return {**told, **os.environ}


def setup(arguments: list[str]) -> int:
    """do all the set-up there is, and nothing else"""
    prepare_system(screen=has_screen(), tests=True)
    set_up("dev")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    each.__name__: each for each in (run, test, lint, types, bench, faults, lock, setup)
}


def usage() -> str:
    lines = [f"  {name:6} {command.__doc__}" for name, command in COMMANDS.items()]
    return "\n".join(["usage: python3 dev.py COMMAND [ARGUMENT...]", "", *lines])


def main(arguments: list[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    try:
        if name in {"-h", "--help", "help"}:
            print(usage())
            return 0
        if name == "_with-keyring":
            return with_keyring(rest)
        if name not in COMMANDS:
            print(usage(), file=sys.stderr)
            return 2
        fit_python()
        return COMMANDS[name](rest)
    except Stop as reason:
        say(f"{reason}.")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
