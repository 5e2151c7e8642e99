"""Events, the addresses that want to hear of them, and their signed delivery with retries."""

from __future__ import annotations

import fnmatch
import hashlib
import hmac
import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from koda_desktop.services.sandbox.stripe.errors import invalid
from koda_desktop.services.sandbox.stripe.listing import page, within
from koda_desktop.services.sandbox.stripe.wire import METADATA, PAGING, RANGE, Json, typed
from koda_desktop.services.sandbox.stripe.world import DAY, PLATFORM, World

KEPT_SECONDS = 30 * DAY
"""How long an event can be asked for."""

RETRY_SECONDS = (0, 60, 300, 1_800, 7_200, 18_000, 36_000, 43_200)
"""Waits before each try; after the last one it is given up. Stripe's own take up to three days."""

_TIMEOUT = 10.0
_ENDPOINT = {
    "api_version": str,
    "connect": bool,
    "description": str,
    "enabled_events": [str],
    "expand": [str],
    "metadata": METADATA,
    "url!": str,
}


def list_events(world: World, fields: Json) -> Json:
    spec = {
        **PAGING,
        "created": RANGE,
        "delivery_success": bool,
        "type": str,
        "types": [str],
    }
    asked = typed(fields, spec)
    if "type" in asked and "types" in asked:
        raise invalid("You may pass either type or types, but not both.", "types")
    wanted = asked.get("types") or ([asked["type"]] if "type" in asked else ["*"])
    oldest = world.now() - KEPT_SECONDS
    return page(
        world.store.all("event", world.account),
        "/v1/events",
        asked,
        lambda one: (
            one["created"] >= oldest
            and any(fnmatch.fnmatchcase(one["type"], pattern) for pattern in wanted)
            and within(asked.get("created"), one["created"])
        ),
    )


def retrieve_event(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return world.get("event", identity)


def create_endpoint(world: World, fields: Json) -> Json:
    asked = typed(fields, _ENDPOINT)
    if not asked.get("enabled_events"):
        raise invalid("Missing required param: enabled_events.", "enabled_events")
    if urlsplit(asked["url"]).hostname not in ("127.0.0.1", "localhost"):
        raise invalid("This make-believe Stripe only calls this computer.", "url")
    secret = world.new_id("whsec")
    body: Json = {
        "id": world.new_id("we"),
        "object": "webhook_endpoint",
        "api_version": asked.get("api_version"),
        "application": None,
        "created": world.now(),
        "description": asked.get("description"),
        "enabled_events": asked["enabled_events"],
        "livemode": False,
        "metadata": asked.get("metadata", {}),
        "status": "enabled",
        "url": asked["url"],
    }
    world.add(body, PLATFORM, note=secret)
    return {**body, "secret": secret}


def delete_endpoint(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {})
    body = world.get("webhook_endpoint", identity)
    world.save({**body, "status": "disabled"})
    return {"id": identity, "object": "webhook_endpoint", "deleted": True}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try to tell one address of one event."""

    number: int
    attempts: int
    at: int
    """When it is tried, in seconds since 1970 by the sandbox's clock."""
    url: str
    payload: str
    signature: str

    def send(self) -> bool:
        """POST it; True when the other side answered 2xx. Blocks; needs nothing of the server."""
        address = urlsplit(self.url)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": self.signature,
            "User-Agent": "Stripe/1.0 (make-believe)",
        }
        connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=_TIMEOUT
        )
        try:
            connection.request("POST", address.path or "/", self.payload.encode(), headers)
            return 200 <= connection.getresponse().status < 300
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def due(world: World) -> list[Delivery]:
    """The deliveries whose time has come. Those that nobody wants any more are dropped."""
    found = []
    for number, event_id, endpoint_id, attempts in world.store.due_deliveries(world.now()):
        event = world.store.find(event_id)
        endpoint, secret = _endpoint(world, endpoint_id)
        if event is None or endpoint is None:
            world.store.drop_delivery(number)
            continue
        payload, now = json.dumps(event, indent=2), world.now()
        signed = signature(payload, secret, now)
        found.append(Delivery(number, attempts, now, endpoint["url"], payload, signed))
    return found


def settle(world: World, delivery: Delivery, is_accepted: bool) -> None:
    """Strike a delivery off, or put it off; after the last try it is given up.

    The wait counts from the try, however long its answer took or the clock was put forward since.
    """
    attempts = delivery.attempts + 1
    if is_accepted or attempts >= len(RETRY_SECONDS):
        world.store.drop_delivery(delivery.number)
    else:
        later = delivery.at + RETRY_SECONDS[attempts]
        world.store.put_off_delivery(delivery.number, attempts, later)


def signature(payload: str, secret: str, at: int) -> str:
    """The ``Stripe-Signature`` header: HMAC-SHA256 of time and payload, scheme v1."""
    mac = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def _endpoint(world: World, identity: str) -> tuple[Json | None, str]:
    for body, secret in world.store.noted("webhook_endpoint", PLATFORM):
        if body["id"] == identity and body["status"] == "enabled":
            return body, secret
    return None, ""
