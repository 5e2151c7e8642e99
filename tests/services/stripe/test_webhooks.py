"""Webhooks are signed so that the real SDK accepts them, tried again, and refused when forged."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from koda_desktop.errors import Misconfigured, NotAllowed
from koda_desktop.marketplace.payments import Report
from koda_desktop.services.sandbox.stripe.store import Store
from koda_desktop.services.sandbox.stripe.webhooks import RETRY_SECONDS, Delivery, settle, signature
from koda_desktop.services.sandbox.stripe.world import World
from tests.services.stripe.conftest import KEY, Till


class Receiver:
    """An address on this computer that takes webhooks, and can refuse them at first."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, str]] = []
        self.refusals = 0
        self.arrived = threading.Semaphore(0)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                is_refused = receiver.refusals > 0
                receiver.refusals -= is_refused
                if not is_refused:
                    receiver.taken.append((body, self.headers["Stripe-Signature"]))
                self.send_response(500 if is_refused else 200)
                self.end_headers()
                receiver.arrived.release()

            def log_message(self, *_: object) -> None:
                """Nothing of it belongs into the tests' output."""

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="receiver")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/stripe"

    def wait(self) -> None:
        assert self.arrived.acquire(timeout=20)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def secret(till: Till, receiver: Receiver) -> Iterator[str]:
    """The signing secret of an endpoint that is told of expired sessions."""
    client = stripe.StripeClient(
        KEY, base_addresses={"api": till.stripe.endpoint}, http_client=till.client
    )
    made = client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["checkout.session.expired"]}
    )
    assert made.secret
    yield made.secret
    client.v1.webhook_endpoints.delete(made.id)


def expired(till: Till) -> str:
    return till.payments.checkouts.expire(till.open(1000).id).id


def test_a_delivered_report_is_accepted_by_the_real_sdk(
    till: Till, receiver: Receiver, secret: str
) -> None:
    session = expired(till)
    receiver.wait()
    payload, header = receiver.taken[-1]
    assert stripe.WebhookSignature.verify_header(payload, header, secret, 10**9)
    assert till.client.problems == []
    reports = till.other(webhook_secret=secret).reports
    resigned = stripe.WebhookSignature.generate_signature_header(payload.decode(), secret)
    report = reports.verify(payload, resigned)
    assert (report.type, report.body["id"]) == ("checkout.session.expired", session)
    assert report == till.payments.reports.find(report.id)


def test_a_refused_delivery_is_tried_again_later(
    till: Till, receiver: Receiver, secret: str
) -> None:
    receiver.refusals = 2
    session = expired(till)
    receiver.wait()
    till.stripe.act("clock", seconds=61)
    receiver.wait()
    assert receiver.taken == []
    till.stripe.act("clock", seconds=301)
    receiver.wait()
    ((payload, _),) = receiver.taken
    assert session.encode() in payload


def test_the_wait_counts_from_the_try(tmp_path: Path) -> None:
    """Also when the clock is put forward while the other side still thinks."""
    world = World(Store(tmp_path / "world.db"), "http://127.0.0.1:1", lambda: 1_800_000_000)
    world.store.queue_delivery("evt_1", "we_1", world.now())
    delivery = Delivery(1, 0, world.now(), "http://127.0.0.1:1", "{}", "")
    world.put_forward(RETRY_SECONDS[1])
    settle(world, delivery, is_accepted=False)
    assert world.store.due_deliveries(world.now()) == [(1, "evt_1", "we_1", 1)]
    world.store.close()


EVENT = (
    '{"id": "evt_1", "object": "event", "type": "charge.refunded", "created": 1,'
    ' "data": {"object": {"object": "charge", "id": "ch_1"}}}'
)


def test_the_two_ways_of_signing_agree() -> None:
    theirs = stripe.WebhookSignature.generate_signature_header(EVENT, "whsec_right", 1234)
    assert signature(EVENT, "whsec_right", 1234) == theirs


def test_forged_late_and_altered_reports_are_refused(till: Till) -> None:
    reports = till.other(webhook_secret="whsec_right").reports
    make = stripe.WebhookSignature.generate_signature_header
    assert isinstance(reports.verify(EVENT.encode(), make(EVENT, "whsec_right")), Report)
    forged = [
        (EVENT, make(EVENT, "whsec_wrong")),
        (EVENT, make(EVENT, "whsec_right", 1_700_000_000)),
        (EVENT.replace("ch_1", "ch_2"), make(EVENT, "whsec_right")),
        (EVENT, ""),
        (EVENT, "t=1,v0=00"),
    ]
    for payload, header in forged:
        with pytest.raises(NotAllowed):
            reports.verify(payload.encode(), header)


def test_without_a_secret_nothing_is_believed(till: Till) -> None:
    with pytest.raises(Misconfigured):
        till.payments.reports.verify(EVENT.encode(), "t=1,v1=00")
