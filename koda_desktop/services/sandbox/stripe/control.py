"""What only a sandbox has: time put forward, faults ordered, and things that happen elsewhere.

Everything under ``/sandbox/`` takes and answers JSON, with the platform's own key.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from koda_desktop.services.sandbox.stripe import accounts, balance, checkout, disputes, refunds
from koda_desktop.services.sandbox.stripe.errors import StripeFault, missing
from koda_desktop.services.sandbox.stripe.wire import Json
from koda_desktop.services.sandbox.stripe.world import DAY, World

_STANDARD: dict[str, tuple[int, str, Json]] = {
    "declined": (402, "card_error", {"code": "card_declined", "decline_code": "generic_decline"}),
    "conflict": (409, "idempotency_error", {"code": "idempotency_key_in_use"}),
    "rate-limit": (429, "invalid_request_error", {"code": "rate_limit"}),
    "server-error": (500, "api_error", {}),
    "unavailable": (503, "api_error", {}),
}


@dataclass
class Fault:
    """One fault on order: for the next ``times`` requests of that method and path."""

    kind: str
    """One of ``declined``, ``conflict``, ``rate-limit``, ``server-error``, ``unavailable``;
    ``timeout`` (the request is done and its answer never arrives) or ``slow`` (it takes
    ``seconds``)."""
    method: str
    path: str
    times: int = 1
    is_done_first: bool = False
    """Whether the request is carried out before it is answered with the fault."""
    headers: dict[str, str] = field(default_factory=dict)
    fields: Json = field(default_factory=dict)
    """What the answer says otherwise than usual, such as ``decline_code``."""
    seconds: float = 0.0

    def matches(self, method: str, path: str) -> bool:
        return self.times > 0 and method == self.method and path.startswith(self.path)

    def answer(self) -> StripeFault:
        status, kind, fields = _STANDARD[self.kind]
        said = {**fields, **self.fields}
        return StripeFault(status, f"This fault was ordered: {self.kind}.", kind, **said)


class Faults:
    """The faults on order. They are kept in memory: a restart forgets them."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fields: Json) -> Json:
        fault = Fault(**fields)
        if fault.kind not in {*_STANDARD, "timeout", "slow"}:
            raise StripeFault(400, f"There is no such fault: {fault.kind}")
        self._ordered.append(fault)
        return {"ordered": fault.kind}

    def next_for(self, method: str, path: str) -> Fault | None:
        for fault in self._ordered:
            if fault.matches(method, path):
                fault.times -= 1
                return fault
        return None


def put_forward(world: World, fields: Json) -> Json:
    """``{"seconds": …}`` or ``{"days": …}``; a day at a time, as the calendar would have it."""
    left = int(fields.get("seconds", 0)) + DAY * int(fields.get("days", 0))
    while left > 0:
        step = min(left, DAY)
        world.put_forward(step)
        left -= step
        keep_calendar(world)
    return {"now": world.now()}


def keep_calendar(world: World) -> None:
    """Everything whose time has come: sessions expire, debits and payouts arrive, payouts leave."""
    checkout.expire_due(world)
    balance.finish_payouts(world)
    today = world.now() // DAY
    if world.store.fact("paid_out_on") != today:
        if world.store.fact("paid_out_on") is not None:
            balance.pay_out_everything(world)
        world.store.keep_fact("paid_out_on", today)


def change_account(world: World, fields: Json) -> Json:
    """``{"account", "due": […], "disabled": …}``: what Stripe wants of a seller now."""
    return accounts.give(
        world, fields["account"], list(fields.get("due", ())), disabled=fields.get("disabled")
    )


def seed_account(world: World, fields: Json) -> Json:
    return accounts.seed(world, fields["account"], fields.get("user", ""))


def pay_session(world: World, fields: Json) -> Json:
    """``{"session", "way"}``: what the buyer does on the page."""
    body = world.get("checkout.session", fields["session"])
    return checkout.pay(world, body, fields["way"])


def open_dispute(world: World, fields: Json) -> Json:
    return disputes.open_for(world, world.get("charge", fields["charge"]))


def close_dispute(world: World, fields: Json) -> Json:
    return disputes.close(world, world.get("dispute", fields["dispute"]), fields["status"])


def send_payout_back(world: World, fields: Json) -> Json:
    """``{"payout", "status"}``: ``failed`` or ``canceled``."""
    return balance.send_back(world, world.any(fields["payout"]), fields["status"])


def fail_refund(world: World, fields: Json) -> Json:
    return refunds.fail(world, fields["refund"])


ACTIONS = {
    "clock": put_forward,
    "account": change_account,
    "seed": seed_account,
    "pay": pay_session,
    "dispute": open_dispute,
    "close-dispute": close_dispute,
    "fail-refund": fail_refund,
    "return-payout": send_payout_back,
}


def act(world: World, name: str, fields: Json) -> Json:
    if name not in ACTIONS:
        raise missing("action", name)
    return ACTIONS[name](world, fields)
