"""What a handler works with: the objects, the simulated time, and the events it causes."""

from __future__ import annotations

import copy
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass

from koda_desktop.services.sandbox.stripe.errors import missing
from koda_desktop.services.sandbox.stripe.store import Store
from koda_desktop.services.sandbox.stripe.wire import API_VERSION, Json

PLATFORM = ""
"""The account of the marketplace itself."""

_ALPHABET = string.ascii_letters + string.digits
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the account named by ``Stripe-Account`` and the request, for its events."""

    account: str = PLATFORM
    request_id: str | None = None
    idempotency_key: str | None = None


class World:
    """The make-believe Stripe behind one address. ``system_time`` answers seconds since 1970."""

    def __init__(self, store: Store, base: str, system_time: Callable[[], int]) -> None:
        self.store = store
        self.base = base
        self.caller = Caller()
        self._system_time = system_time

    def now(self) -> int:
        """The simulated time: the computer's, put forward as often as somebody asked."""
        return self._system_time() + int(self.store.fact("ahead") or 0)

    def put_forward(self, seconds: int) -> None:
        self.store.keep_fact("ahead", int(self.store.fact("ahead") or 0) + max(0, seconds))

    @property
    def account(self) -> str:
        """The account the request acts as."""
        return self.caller.account

    def new_id(self, prefix: str) -> str:
        """A fresh id in Stripe's form. A prefix of two parts keeps its own underscore."""
        return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(24))

    def add(self, body: Json, account: str | None = None, note: str = "") -> Json:
        self.store.add(body, self.account if account is None else account, note)
        return body

    def save(self, body: Json) -> Json:
        self.store.save(body)
        return body

    def get(self, kind: str, identity: str, parameter: str = "id") -> Json:
        """The object of the asking account. Raises 404 when there is none."""
        found = self.store.find(identity, self.account)
        if found is None or found["object"] != kind:
            raise missing(kind.rpartition(".")[2], identity, parameter)
        return found

    def any(self, identity: str) -> Json:
        """An object that must exist, of whichever account."""
        found = self.store.find(identity)
        if found is None:
            raise missing("object", identity)
        return found

    def emit(
        self, kind: str, body: Json, account: str | None = None, previous: Json | None = None
    ) -> None:
        """Record an event about ``body`` as it is now, and queue its webhooks."""
        owner = self.account if account is None else account
        data: Json = {"object": copy.deepcopy(body)}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Json = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {
                "id": self.caller.request_id,
                "idempotency_key": self.caller.idempotency_key,
            },
            "type": kind,
        }
        if owner != PLATFORM:
            event["account"] = owner
        endpoints = [one for one in self.store.all("webhook_endpoint") if _wants(one, kind)]
        event["pending_webhooks"] = len(endpoints)
        self.store.add(event, owner)
        for endpoint in endpoints:
            self.store.queue_delivery(event["id"], endpoint["id"], self.now())


def _wants(endpoint: Json, kind: str) -> bool:
    wanted = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in wanted or kind in wanted)
