"""How many bytes are given to a connection at once.

Between two strides a transfer is counted, slowed down and stopped, which should not take long to
come; but each stride costs the interpreter's lock, for which a fast line has no time.
"""

from __future__ import annotations

FIRST = 256 * 1024
LEAST = 64 * 1024
MOST = 4 * 1024 * 1024
SECONDS = 0.1
"""How long a stride may take."""

_GROWTH = 4
"""The first strides may go no farther than this computer's own buffers, and tell little."""


def next_stride(sent: int, seconds: float) -> int:
    """The bytes to send next, after ``sent`` that took ``seconds``: what needs ``SECONDS`` at that
    speed, at most four times as many as before.
    """
    most = min(sent * _GROWTH, MOST)
    if seconds > 0:
        most = int(min(sent * SECONDS / seconds, most))
    return max(LEAST, most)
