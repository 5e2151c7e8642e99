"""Settling for a marketplace, round after round: what is asked how often.

The platform's reports are asked for in every round, a few minutes back, and listings that changed
are brought in step with the provider's catalogue; the whole overlap of a day,
sellers' own accounts, orders that wait for long and payouts each have a pace of their own. Every
step is harmless to repeat and to leave half done, so that a crash at any moment costs nothing, and
several computers may do the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from koda_desktop.errors import KodaError, NotFound
from koda_desktop.marketplace.polling import DAY, OVERLAP_SECONDS
from koda_desktop.marketplace.set_aside import SetAside
from koda_desktop.marketplace.sharing import AT_ONCE
from koda_desktop.marketplace.trade import Trade
from koda_desktop.runtime.clock import Clock

SHORT_OVERLAP_SECONDS = 600
DEEP_SECONDS = 3_600.0
"""How often the whole overlap is asked for, and what waits for long is looked at."""

ACCOUNTS_SECONDS = 60.0
SECONDS_EACH_ACCOUNT = 1.0
"""Sellers' accounts are asked this often at most: one question a second at the very most."""

SHARES_AGAIN_SECONDS = 60.0
"""How long an order is left whose parts could not be sent, such as to a seller without an account:
others that came after it are not held up."""

PAYOUTS_SECONDS = 600.0
_PAYOUTS_OVERLAP_DAYS = 3
_WAITED_SECONDS = 3_600

HasEnded = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to."""

    settled: int = 0
    compared: bool = False
    faults: dict[str, KodaError] = field(default_factory=dict)
    """By the ids of orders whose parts could not be brought in step, or be compared, and of
    listings that the provider refused."""

    @property
    def has_news(self) -> bool:
        """Whether something is to be read by whoever shows sales."""
        return bool(self.settled) or self.compared


class Upkeep:
    """Remembers when each thing was last done. One thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}
        self._aside = SetAside(clock, SHARES_AGAIN_SECONDS)

    def round(self, trade: Trade, has_ended: HasEnded = lambda: False) -> Round:
        """Do what is due. ``has_ended`` is asked between two steps.

        Raises Unavailable or Misconfigured: what was done stays, the rest is still due.
        """
        is_deep = self._is_due("deep")
        settled = self._poll(trade, is_deep=is_deep)
        if has_ended():
            return Round(settled)
        faults = self._share(trade)
        if has_ended():
            return Round(settled, faults=faults)
        is_compared, differing = self._compare(trade)
        followed = trade.following.follow(with_overlap=is_deep)
        self._payouts(trade, has_ended)
        if is_deep:
            self._done("deep", DEEP_SECONDS)
        return Round(settled, is_compared, {**faults, **differing, **followed.faults})

    def hurry(self) -> None:
        """Do everything in the next round: a person asked."""
        self._next.clear()
        self._aside.hurry()

    def _poll(self, trade: Trade, *, is_deep: bool) -> int:
        with_accounts = self._is_due("accounts")
        overlap = OVERLAP_SECONDS if is_deep else SHORT_OVERLAP_SECONDS
        polled = trade.poller.poll(overlap=overlap, with_accounts=with_accounts)
        if with_accounts:
            number = len(trade.ports.sellers.connected_accounts())
            self._done("accounts", max(ACCOUNTS_SECONDS, number * SECONDS_EACH_ACCOUNT))
        if is_deep:
            trade.poller.check_open(_WAITED_SECONDS)
        return polled.settled.processed + polled.recovered

    def _share(self, trade: Trade) -> dict[str, KodaError]:
        """Orders that are newly due, and those left before whose time has come."""
        again = self._aside.due(AT_ONCE)
        faults = trade.sharing.settle_due(AT_ONCE, without=self._aside.faults)
        faults |= trade.sharing.settle_again(again)
        self._aside.tried(again, faults)
        return self._aside.faults

    def _compare(self, trade: Trade) -> tuple[bool, dict[str, KodaError]]:
        due = trade.ports.orders.with_books_due(1)
        return bool(due), trade.bookkeeping.settle_due() if due else {}

    def _payouts(self, trade: Trade, has_ended: HasEnded) -> None:
        """Payouts of the last days: one that was noted before is not written again."""
        if not self._is_due("payouts"):
            return
        since = int(self._clock.now().timestamp()) - _PAYOUTS_OVERLAP_DAYS * DAY
        accounts = trade.ports.sellers.connected_accounts()
        for account in accounts:
            if has_ended():
                return
            try:
                trade.bookkeeping.note_payouts(account, since)
            except NotFound:
                continue
        self._done("payouts", max(PAYOUTS_SECONDS, len(accounts) * SECONDS_EACH_ACCOUNT))

    def _is_due(self, what: str) -> bool:
        return self._clock.monotonic() >= self._next.get(what, float("-inf"))

    def _done(self, what: str, seconds: float) -> None:
        self._next[what] = self._clock.monotonic() + seconds
