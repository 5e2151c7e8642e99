"""The person's choices: declared once as data, kept in one JSON file.

A setting's key, type, default, label, group and choices stand in its declaration; the settings
page is drawn from them. Keys this version does not know are kept, and a file that cannot be read
is put aside and said so, never thrown away. A secret key of Stripe is never read from it, nor
written into it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from koda_desktop.errors import UsageError
from koda_desktop.runtime.files import disk_faults, write_atomically

Value = str | bool | int
V = TypeVar("V", bound=Value)
V_co = TypeVar("V_co", bound=Value, covariant=True)
# Exactly one of these: a value of another type is a mistake a type checker can see.
Exact = TypeVar("Exact", str, bool, int)

# Far above what any settings need; a larger file is not ours.
LARGEST_FILE = 1_000_000


class Setting(NamedTuple, Generic[V_co]):
    """One choice. Its type is that of ``default``."""

    key: str
    default: V_co
    label: str
    group: str
    help: str = ""
    choices: tuple[tuple[V_co, str], ...] = ()
    """Allowed values with the words shown for them; empty where every value of the type is."""

    def accepts(self, value: object) -> bool:
        """Whether ``value`` has the setting's type and is one of its choices."""
        if type(value) is not type(self.default):
            return False
        return not self.choices or any(value == allowed for allowed, _ in self.choices)


THEME = Setting(
    "theme",
    "system",
    "Theme",
    "Appearance",
    choices=(("system", "Same as the system"), ("light", "Light"), ("dark", "Dark")),
)
DENSITY = Setting(
    "density",
    "comfortable",
    "Row height",
    "Appearance",
    help="Compact shows more listings on the screen.",
    choices=(("comfortable", "Comfortable"), ("compact", "Compact")),
)
NOTIFICATIONS = Setting(
    "notifications",
    True,
    "Notify when work is finished",
    "Notifications",
    help="Tells you when a listing is published or a transfer needs you.",
)
SHOW_IN_TRAY = Setting(
    "show_in_tray",
    True,
    "Show an icon in the system tray",
    "Notifications",
    help="Transfers go on while the window is hidden.",
)
DOWNLOAD_FOLDER = Setting(
    "download_folder",
    "",
    "Download folder",
    "Files",
    help="Where bought files are put. Empty: the system’s Downloads folder.",
)

KEPT_REMOVALS = Setting(
    "kept_removals",
    "",
    "Kept in new files",
    "Files",
    help="Optional removals that are not made in files added from now on, by their codes.",
)

SHORTCUTS = Setting(
    "shortcuts",
    "",
    "Keyboard shortcuts",
    "Keyboard",
    help="Those that were changed: a JSON object of lists of keys by the name of their action.",
)
RECENT_COMMANDS = Setting(
    "recent_commands",
    "",
    "Recent commands",
    "Keyboard",
    help="What was chosen from the command palette last, the newest first.",
)

WEB_ADDRESS = Setting(
    "web_address",
    "",
    "Address of the web application",
    "Selling",
    help="Stripe leads back to its pages once payouts are set up.",
)

SETTINGS: tuple[Setting[Value], ...] = (
    THEME,
    DENSITY,
    NOTIFICATIONS,
    SHOW_IN_TRAY,
    DOWNLOAD_FOLDER,
    KEPT_REMOVALS,
    SHORTCUTS,
    RECENT_COMMANDS,
    WEB_ADDRESS,
)


class Settings:
    """The values in force. Reading never touches the disk; each change is written at once."""

    def __init__(self, file: Path, values: Mapping[str, object], problem: str = "") -> None:
        self._file = file
        self._values = dict(values)
        self.problem = problem
        """What was wrong with the file when it was loaded, for the person; else empty."""

    @classmethod
    def load(cls, file: Path) -> Settings:
        """Read ``file``; a missing one means defaults, a damaged one is put aside and reported.

        What holds a secret key is not taken over, and is gone from the file with the next change.

        Raises NoRights or LocalFault where a damaged file cannot even be put aside.
        """
        try:
            return cls._without_keys(file, _read(file))
        except FileNotFoundError:
            return cls(file, {})
        except (OSError, ValueError, RecursionError) as error:
            return cls(file, {}, _put_aside(file, error))

    @classmethod
    def _without_keys(cls, file: Path, values: dict[str, object]) -> Settings:
        if not _may_hold_key(values):
            return cls(file, values)
        from koda_desktop.runtime.written_keys import WHAT_TO_DO, holds_key

        kept = {name: value for name, value in values.items() if not holds_key([name, value])}
        if len(kept) == len(values):
            return cls(file, values)
        what = f"{file.name} holds a secret key of Stripe, which was not used."
        return cls(file, kept, f"{what} {WHAT_TO_DO}")

    def get(self, setting: Setting[V]) -> V:
        """The value in force: the saved one where it is valid, else the default."""
        value = self._values.get(setting.key)
        if isinstance(value, type(setting.default)) and setting.accepts(value):
            return value
        return setting.default

    def set(self, setting: Setting[Exact], value: Exact) -> None:
        """Save ``value``. Raises UsageError for one the setting does not take, and LocalFaults.

        After a fault the old value stays in force, here as on the disk.
        """
        if not setting.accepts(value):
            raise UsageError(
                f"“{setting.label}” cannot be {value!r}.",
                remedy=_remedy(setting),
                facts={"setting": setting.key},
            )
        if _may_hold_key(value):
            _refuse_key(setting, value)
        values = {**self._values, setting.key: value}
        text = json.dumps(values, indent=2, ensure_ascii=False, sort_keys=True)
        write_atomically(self._file, f"{text}\n".encode("utf-8", "surrogatepass"), mode=0o600)
        self._values = values


def _may_hold_key(value: object) -> bool:
    """A glance that costs no module at the start of the program: nearly always no."""
    text = repr(value)
    return "k_" in text or "whsec_" in text


def _refuse_key(setting: Setting[Value], value: Value) -> None:
    from koda_desktop.runtime.written_keys import holds_key

    if holds_key(value):
        raise UsageError(
            f"“{setting.label}” is kept in a file, where a secret key must not be.",
            remedy="Enter keys under Settings, Workspaces: they go to the keyring.",
            facts={"setting": setting.key},
        )


def _read(file: Path) -> dict[str, object]:
    with file.open("rb") as stream:
        data = stream.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ValueError(f"larger than {LARGEST_FILE:,} bytes")
    values = json.loads(data)
    if not isinstance(values, dict):
        raise ValueError("not a JSON object")
    return values


def _put_aside(file: Path, error: Exception) -> str:
    """Rename the file that cannot be used; returns what to tell the person."""
    from datetime import UTC, datetime

    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = file.with_name(f"{file.stem}.damaged-{moment}{file.suffix}")
    with disk_faults(f"The settings in {file} cannot be read and could not be put aside"):
        file.rename(aside)
    return (
        f"The settings could not be read ({error}). The file is kept as {aside.name}; "
        "Koda starts with its defaults."
    )


def _remedy(setting: Setting[Value]) -> str:
    allowed = ", ".join(str(value) for value, _ in setting.choices)
    return f"Choose one of: {allowed}." if allowed else "Give a value of the right kind."
