"""What is kept of the payment provider's reports says nothing about people."""

from __future__ import annotations

from koda_desktop.models.webhook_event import HIDDEN, WebhookEvent, scrubbed


def test_personal_data_is_hidden_at_any_depth_and_the_rest_is_kept() -> None:
    payload = {
        "id": "cs_1",
        "amount_total": 1999,
        "customer_details": {"email": "lovelace@example.org", "name": "Ada Lovelace"},
        "url": "https://checkout.stripe.com/c/pay/cs_1#secret",
        "metadata": {"order": "4" * 24},
        "shipping_details": None,
        "charges": [{"receipt_email": "lovelace@example.org", "amount": 1999}],
    }
    kept = scrubbed(payload)
    assert "lovelace" not in str(kept).lower()
    assert "secret" not in str(kept)
    assert kept["customer_details"] == HIDDEN
    assert kept["metadata"] == {"order": "4" * 24}
    assert kept["shipping_details"] is None
    assert kept["charges"] == [{"receipt_email": HIDDEN, "amount": 1999}]
    assert scrubbed(kept) == kept


def test_an_event_reads_as_it_is_stored() -> None:
    document = {
        "_id": "1" * 24,
        "stripeEventId": "evt_1",
        "type": "charge.refunded",
        "created": "2026-11-26T10:00:00.000Z",
        "processed": False,
        "attempts": 2,
        "error": "no such order",
        "region": "eu",
    }
    event = WebhookEvent.read(document)
    assert (event.attempts, event.waiting_for) == (2, None)
    assert event.as_document() == document
