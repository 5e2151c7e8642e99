"""The ASGI application: who may ask, what was asked before, and what is answered."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from koda_desktop.services.sandbox.stripe import control, pages, routes, webhooks
from koda_desktop.services.sandbox.stripe.control import Fault, Faults
from koda_desktop.services.sandbox.stripe.errors import StripeFault
from koda_desktop.services.sandbox.stripe.listing import expand
from koda_desktop.services.sandbox.stripe.wire import Json, check_version, parse_form
from koda_desktop.services.sandbox.stripe.world import DAY, Caller, World

TICK_SECONDS = 5.0
"""How often the calendar is looked at when nobody asks for anything."""

_KEY_SECONDS = DAY
_LONGEST_BODY = 256 * 1024


class StripeApp:
    """Speaks Stripe's API over ``world``. ``keys`` maps each key to what it may do (``*``: all)."""

    def __init__(self, world: World, keys: Mapping[str, Sequence[str]]) -> None:
        self._world = world
        self._keys = dict(keys)
        self._faults = Faults()
        self._busy: set[str] = set()
        self._wake = asyncio.Event()
        self._ticking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())
        request = Request(scope, receive)
        response = await self._respond(request)
        self._wake.set()
        if response is not None:
            await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response | None:
        body = await request.body()
        if len(body) > _LONGEST_BODY:
            return _refusal(StripeFault(413, "The request is too large."))
        text = body.decode("utf-8", "replace")
        if request.url.path.startswith("/pages/"):
            return self._page(request, parse_form(text))
        try:
            self._authorise(request)
            if request.url.path.startswith("/sandbox/"):
                return JSONResponse(self._control(request, json.loads(text or "{}")))
            check_version(request.headers.get("stripe-version"))
            return await self._api(request, text)
        except StripeFault as fault:
            return _refusal(fault)

    def _authorise(self, request: Request) -> None:
        key = _key(request.headers.get("authorization", ""))
        allowed = self._keys.get(key)
        if allowed is None:
            shown = f"{key[:8]}****" if key else "(none)"
            raise StripeFault(401, f"Invalid API Key provided: {shown}")
        needed = routes.permission(request.method, request.url.path)
        if "*" not in allowed and needed not in allowed:
            raise StripeFault(
                403,
                f"The provided key '{key[:8]}****' does not have the required permissions for "
                f"this endpoint. Having '{needed}' would allow this request to continue.",
            )

    def _control(self, request: Request, fields: Json) -> Json:
        name = request.url.path.removeprefix("/sandbox/")
        if name == "faults":
            return self._faults.order(fields)
        with self._world.store.transaction():
            self._world.caller = Caller()
            return control.act(self._world, name, fields)

    async def _api(self, request: Request, text: str) -> Response | None:
        fault = self._faults.next_for(request.method, request.url.path)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        key = key and f"{request.headers.get('stripe-account', '')}:{key}"
        if key in self._busy:
            raise StripeFault(
                409,
                "There is currently another in-progress request using this Idempotent Key.",
                "idempotency_error",
                code="idempotency_key_in_use",
            )
        if fault and not fault.is_done_first and fault.kind not in ("timeout", "slow"):
            return _refusal(fault.answer(), fault.headers)
        with self._in_use(key):
            if fault and fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            answered = self._answer_once(request, text, key)
            return await _spoilt(request, answered, fault)

    @contextlib.contextmanager
    def _in_use(self, key: str | None) -> Any:
        if key:
            self._busy.add(key)
        try:
            yield
        finally:
            self._busy.discard(key or "")

    def _answer_once(self, request: Request, text: str, key: str | None) -> Response:
        """The answer, or the one that was given to the same idempotency key before."""
        what = f"{request.method} {request.url.path}\n{text}"
        fingerprint = hashlib.sha256(what.encode()).hexdigest()
        store = self._world.store
        kept = store.answer(key) if key else None
        if kept and self._world.now() - kept[3] < _KEY_SECONDS:
            if kept[0] != fingerprint:
                raise StripeFault(
                    400,
                    "Keys for idempotent requests can only be used with the same parameters they "
                    "were first used with.",
                    "idempotency_error",
                )
            return JSONResponse(kept[2], kept[1], {"Idempotent-Replayed": "true"})
        with store.transaction():
            body = self._answer(request, text)
            if key:
                store.keep_answer(key, fingerprint, 200, body, self._world.now())
        return JSONResponse(body)

    def _answer(self, request: Request, text: str) -> Json:
        fields = parse_form(text if request.method == "POST" else request.url.query)
        self._world.caller = Caller(
            request.headers.get("stripe-account", ""),
            f"req_{secrets.token_hex(7)}",
            request.headers.get("idempotency-key"),
        )
        control.keep_calendar(self._world)
        body = routes.answer(self._world, request.method, request.url.path, fields)
        paths = fields.get("expand", {})
        return expand(self._world, body, list(paths.values()))

    def _page(self, request: Request, fields: Json) -> Response:
        _, _, kind, *rest = request.url.path.split("/")
        identity = rest[0] if rest else ""
        try:
            with self._world.store.transaction():
                self._world.caller = Caller()
                control.keep_calendar(self._world)
                return _page_response(self._world, request.method, kind, identity, fields)
        except StripeFault as fault:
            return HTMLResponse(pages.note("Not here", fault.message), fault.status)

    async def _tick(self) -> None:
        """Keep the calendar and deliver webhooks, after each request and every few seconds."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TICK_SECONDS)
            self._wake.clear()
            with self._world.store.transaction():
                self._world.caller = Caller()
                control.keep_calendar(self._world)
            for delivery in webhooks.due(self._world):
                is_accepted = await asyncio.to_thread(delivery.send)
                with self._world.store.transaction():
                    webhooks.settle(self._world, delivery, is_accepted)


def _page_response(world: World, method: str, kind: str, identity: str, fields: Json) -> Response:
    """A page or where to go instead; a redirection keeps what was done before it."""
    try:
        return HTMLResponse(_html(world, method, kind, identity, fields))
    except pages.Redirect as elsewhere:
        return RedirectResponse(elsewhere.url, 303)


def _html(world: World, method: str, kind: str, identity: str, fields: Json) -> str:
    if kind == "pay":
        if method == "POST":
            return pages.pay(world, identity, str(fields.get("way", "")))
        return pages.payment(world, identity)
    if kind == "bank":
        return pages.bank(world, identity)
    if kind == "onboarding":
        if method == "POST":
            return pages.onboard(world, identity, str(fields.get("give", "")))
        return pages.onboarding(world, identity)
    name = identity if kind == "stripe" else kind
    if name in pages.NOTES:
        return pages.note(*pages.NOTES[name])
    raise StripeFault(404, "There is no such page.")


def _key(header: str) -> str:
    """The key in an Authorization header, Bearer or Basic."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            return base64.b64decode(value).decode("utf-8", "replace").partition(":")[0]
    return ""


async def _spoilt(request: Request, answered: Response, fault: Fault | None) -> Response | None:
    """The answer as the ordered fault leaves it: none at all for a time-out."""
    if fault is None or fault.kind == "slow":
        return answered
    if fault.kind == "timeout":
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return None
    return _refusal(fault.answer(), fault.headers)


def _refusal(fault: StripeFault, headers: Mapping[str, str] | None = None) -> Response:
    identity = f"req_{secrets.token_hex(7)}"
    return JSONResponse(fault.body(), fault.status, {"request-id": identity, **(headers or {})})
