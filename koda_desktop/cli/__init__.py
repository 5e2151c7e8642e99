"""``koda``: every action of the window, without a window.

Results go to standard output, as text or (``--json``) as JSON Lines; progress and faults go to
standard error. Exit codes: 0 done, 1 refused or failed, 2 used wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code. The console script's entry point."""
    from koda_desktop.cli.run import run
    from koda_desktop.runtime.turns import take_short_turns

    take_short_turns()
    return run(arguments)
