"""Who gives back what when a sale is refunded, to the cent.

Two rules make every party's total return to zero at full refund, whatever partial refunds came
before. A refund of an order is shared among its lines in proportion to what each has left, by the
largest remainder. What a line gives back of its fee is computed from everything refunded of the
line so far, rounded half up, less what was given back before; the rest of the refund is the
seller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from koda_desktop.models.money import MoneyError


@dataclass(frozen=True, slots=True)
class Line:
    """A sold item's money in minor units: what was paid and the platform's part of it."""

    item_id: str
    seller_id: str
    gross: int
    fee: int

    @property
    def net(self) -> int:
        return self.gross - self.fee


@dataclass(frozen=True, slots=True)
class Given:
    """What was given back of a line so far: to the buyer, by the platform and by the seller."""

    refunded: int
    fee: int

    @property
    def net(self) -> int:
        return self.refunded - self.fee

    def __sub__(self, before: Given) -> Given:
        return Given(self.refunded - before.refunded, self.fee - before.fee)


def largest_remainder(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """``total`` in whole units in proportion to ``weights``; the sum of the parts is ``total``.

    Each part is the exact share rounded down, and one more for the largest remainders, the earlier
    line first among equals. Raises MoneyError for a total that no weight can bear.
    """
    whole = sum(weights)
    if total < 0 or min(weights, default=0) < 0 or (whole == 0 and total):
        raise MoneyError("an amount is shared among parts of zero or more")
    if whole == 0:
        return tuple(0 for _ in weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return tuple(parts)


def given_back(line: Line, refunded: int) -> Given:
    """What a line has given back in all once ``refunded`` of it went to the buyer."""
    if not 0 <= refunded <= line.gross:
        raise MoneyError("a refund is never more than what was paid")
    if line.gross == 0:
        return Given(0, 0)
    return Given(refunded, (2 * line.fee * refunded + line.gross) // (2 * line.gross))


def refunded_lines(
    lines: Sequence[Line], aimed: Mapping[str, int], shared: int
) -> tuple[Given, ...]:
    """What each line has given back of refunds that were aimed at lines and of ``shared`` ones.

    ``aimed`` holds amounts by item id. What is more than a line has left counts as shared, and what
    is more than the whole order is left out: a report can be wrong, a line never gives back more
    than it took.
    """
    direct = [min(line.gross, max(0, aimed.get(line.item_id, 0))) for line in lines]
    spilt = sum(aimed.values()) - sum(direct)
    left = [line.gross - taken for line, taken in zip(lines, direct, strict=True)]
    parts = largest_remainder(min(max(0, shared + spilt), sum(left)), left)
    return tuple(
        given_back(line, taken + part)
        for line, taken, part in zip(lines, direct, parts, strict=True)
    )
