"""What the intake says of one dropped file: data, no widgets."""

from __future__ import annotations

from koda_desktop.controllers.intake_state import IntakeFile, IntakeStage
from koda_desktop.views.format import counted, size


def remark(file: IntakeFile) -> str:
    """``14.2 KB · 14 steps · Works with Gmail, Slack``."""
    facts = dict(file.facts)
    parts = [size(file.size)] if file.size else []
    if facts.get("Steps"):
        parts.append(counted(int(facts["Steps"]), "step"))
    if file.needs.apps:
        parts.append(f"Works with {', '.join(file.needs.apps)}")
    return "  ·  ".join(parts)


def standing(file: IntakeFile) -> tuple[str, str, str]:
    """Tone, heading and text of the banner."""
    if file.stage is IntakeStage.CHECKING:
        return "neutral", "Checking the file", "It is read on this computer; nothing is sent."
    if file.stage is IntakeStage.FAILED:
        return "danger", "The file could not be checked", file.note
    if file.note:
        return "danger", "The draft could not be saved", file.note
    if not file.can_save:
        what = file.problems[0].message if file.problems else "The file could not be read."
        return "danger", "This file cannot become a listing", what
    if file.secrets:
        return _leak(file)
    if file.blocking:
        many = f"{counted(file.blocking, 'problem')} to solve before it can be published"
        return "danger", many, "Save it as a draft, or correct the file and drop it again."
    removed = counted(file.removed, "entry", "entries")
    kept = len(file.removals) - file.removed
    clean = "No secrets were found."
    if kept:
        clean = f"{counted(kept, 'entry', 'entries')} kept by your choice. {clean}"
    if file.removed:
        return "success", f"Ready: {removed} of your own instance removed", clean
    return (
        "success",
        "Ready",
        clean if kept else "Nothing had to be removed. No secrets were found.",
    )


_REMOVED = (
    "These belonged to your own instance. Buyers get the file without them; "
    "the file on your disk is not changed."
)


def removed_words(file: IntakeFile) -> str:
    """What stands above the list of removals."""
    if file.removals:
        return _REMOVED
    if file.stage is IntakeStage.CHECKING:
        return "The file is being checked."
    if not file.can_save:
        return "The file could not be read, so nothing was removed."
    return "Nothing was removed: nothing that belongs to an instance was recognised in this file."


def _leak(file: IntakeFile) -> tuple[str, str, str]:
    found = counted(len(file.secrets), "secret")
    more = f" and {counted(file.errors, 'problem')}" if file.errors else ""
    text = "Buyers would get everything in this file. You can save a draft, but not publish it."
    return "danger", f"{found}{more} in the file: publishing is blocked", text


def publish_words(file: IntakeFile) -> str:
    """The tool tip of the button that publishes: why it cannot, or its key."""
    if file.secrets:
        return f"Blocked: {counted(len(file.secrets), 'secret')} in the file"
    if file.errors:
        return f"Blocked: {counted(file.errors, 'problem')} in the file"
    return "Save and publish (Ctrl+Enter)"


_FIXES = {
    "n8n": (
        "In n8n, open the step shown below and choose a credential instead of the typed value. "
        "Then export the workflow again and drop the new file here."
    ),
    "Make": (
        "In Make, put the value into the module’s connection or keychain instead of a field. "
        "Then export the blueprint again and drop the new file here."
    ),
    "Zapier": (
        "In Zapier, connect the account in the step instead of typing the value. "
        "Then export again and drop the new file here."
    ),
    "Python": (
        "Read the value from an environment variable (os.environ) instead of writing it into the "
        "code. Then drop the file here again."
    ),
}
_FIX = (
    "Take the value out where the file was made and use the platform’s own credentials instead. "
    "Then export again and drop the new file here."
)


def fix_words(platform: str) -> str:
    """How a secret comes out of a file of ``platform``."""
    return _FIXES.get(platform, _FIX)
