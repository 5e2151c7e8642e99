"""A make-believe Stripe for one computer.

Owns the wire format of Stripe's v1 API (form-encoded requests, JSON answers, idempotency keys,
paging, expansion, errors), a ledger in which every cent has two sides, the pages a seller and a
buyer would see in the browser, and events with signed webhooks. It speaks the requests Koda makes
and refuses the others by name. Time is simulated: it can be put forward, and settlements, expiries,
payouts and webhook retries follow it. Run as ``python -m koda_desktop.services.sandbox.stripe``.

The behaviour follows Stripe's API reference of the version in ``wire.API_VERSION``; no money, card
or bank is ever involved.
"""
