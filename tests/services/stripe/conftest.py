"""A make-believe Stripe, and the real SDK over HTTP with every request and answer checked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from stripe import StripeClient

from koda_desktop.marketplace.payments import CheckoutLine, CheckoutRequest, CheckoutState
from koda_desktop.services.sandbox.stripe.world import DAY
from koda_desktop.services.sandbox.stripe_process import StripeProcess
from koda_desktop.services.stripe.client import StripeSettings, connect
from koda_desktop.services.stripe.payments import StripePayments
from tests.services.stripe.checking import CheckedClient

KEY = "sk_test_everything0000"
READER = "rk_test_balance_only00"


@dataclass
class Till:
    """The adapter over one make-believe Stripe, and shortcuts for what people do there."""

    stripe: StripeProcess
    client: CheckedClient
    payments: StripePayments
    names: Iterator[int] = field(default_factory=lambda: iter(range(1, 10**6)))

    def other(self, key: str = KEY, **settings: Any) -> StripePayments:
        """Another client of the same Stripe, with other settings."""
        timeouts = settings.pop("timeouts", (5.0, 10.0))
        client = CheckedClient(timeouts)
        client.problems = self.client.problems
        return StripePayments(
            StripeSettings(key, api_base=self.stripe.endpoint, **settings), client
        )

    def sdk(self) -> StripeClient:
        """The SDK itself, to look at what the rules never ask for."""
        return connect(StripeSettings(KEY, api_base=self.stripe.endpoint), self.client)

    def operation(self) -> str:
        return f"op-{time.monotonic_ns()}-{next(self.names)}"

    def seller(self) -> str:
        """A connected account that may be sold through."""
        made = self.payments.accounts.create("5" * 24, "seller@example.org", self.operation())
        self.stripe.act("account", account=made.id, due=[])
        return made.id

    def now(self) -> int:
        return int(self.stripe.act("clock")["now"])

    def open(self, *amounts: int, **fields: Any) -> CheckoutState:
        lines = [CheckoutLine(f"Listing {n}", amount) for n, amount in enumerate(amounts)]
        order = fields.pop("order_id", f"{next(self.names):024x}")
        request = CheckoutRequest(
            order_id=order,
            lines=lines,
            currency="EUR",
            metadata={"order": order},
            success_url="http://127.0.0.1:1/done?session={CHECKOUT_SESSION_ID}",
            cancel_url="http://127.0.0.1:1/left",
            expires_at=self.now() + 3600,
            **fields,
        )
        return self.payments.checkouts.open(request, self.operation())

    def pay(self, session: CheckoutState, way: str = "accepted") -> CheckoutState:
        self.stripe.act("pay", session=session.id, way=way)
        return self.payments.checkouts.find(session.id)

    def paid_charge(self, *amounts: int, **fields: Any) -> str:
        """The charge of a new, paid session."""
        paid = self.pay(self.open(*amounts, **fields))
        charge = self.payments.checkouts.payment(paid.intent_id or "").charge
        assert charge
        return charge.id


@pytest.fixture(scope="module")
def stripe_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeProcess]:
    keys = {KEY: ["*"], READER: ["balance:read"]}
    process = StripeProcess(tmp_path_factory.mktemp("stripe"), keys)
    process.start()
    yield process
    if process.is_running:
        process.kill()


@pytest.fixture
def till(stripe_process: StripeProcess) -> Iterator[Till]:
    """The test fails on any request or answer that the SDK's own types do not allow.

    It begins at noon: payouts leave at midnight, and none is to come in between by itself.
    """
    now = int(stripe_process.act("clock")["now"])
    stripe_process.act("clock", seconds=(DAY // 2 - now) % DAY)
    client = CheckedClient()
    payments = StripePayments(StripeSettings(KEY, api_base=stripe_process.endpoint), client)
    yield Till(stripe_process, client, payments)
    assert client.problems == []
