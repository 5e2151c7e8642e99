"""The pages people would see at Stripe: paying, the bank's question, and a seller's onboarding.

Plain HTML without scripts; every control has a label and an id, so that a browser, a screen reader
and a test use them alike.
"""

from __future__ import annotations

from html import escape

from koda_desktop.services.sandbox.stripe import accounts, checkout
from koda_desktop.services.sandbox.stripe.errors import StripeFault
from koda_desktop.services.sandbox.stripe.wire import Json
from koda_desktop.services.sandbox.stripe.world import World

_WAYS = (
    ("accepted", "Pay with a card that works", "4242 4242 4242 4242"),
    ("declined", "Pay with a card that is declined", "4000 0000 0000 0002"),
    ("action", "Pay with a card the bank asks about", "4000 0025 0000 3155"),
    ("debit", "Pay by bank debit, arrives in two days", "DE89 3704 0044 0532 0130 00"),
    ("bad-debit", "Pay by bank debit, refused in two days", "DE62 3704 0044 0532 0130 01"),
)
NOTES = {
    "left": ("Not paid", "Nothing was paid. You can go back to Koda."),
    "paid": ("Paid", "Thank you. Koda fetches what you bought; you can close this page."),
    "return": ("Back to Koda", "You can close this page and check again in Koda."),
    "refresh": ("Not valid any more", "This link was used or is too old. Ask Koda for another."),
}
_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif;
  --back: #f4f4f7; --card: #fff; --text: #1b1c21; --quiet: #555865; --edge: #868996;
  --line: #e7e7ec; --accent: #4553d6; --on-accent: #fff; --hover: #efeff3;
  --note: #855000; --on-note: #fdf1dc; --bad: #b02a2a; --on-bad: #fcebeb; }
@media (prefers-color-scheme: dark) { :root {
  --back: #111215; --card: #202228; --text: #ecedf1; --quiet: #abaeba; --edge: #737683;
  --line: #393c45; --accent: #5564e8; --hover: #30333b;
  --note: #f0c27a; --on-note: #3a2c12; --bad: #ff9b9b; --on-bad: #401d1f; } }
body { margin: 0; background: var(--back); color: var(--text); }
main { box-sizing: border-box; max-width: 32rem; margin: 6vh auto; padding: 2rem;
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
.test, [role=alert] { margin: 0 0 1rem; padding: .5rem .75rem; border-radius: .5rem; }
.test { color: var(--note); background: var(--on-note); font-size: .875rem; }
[role=alert] { color: var(--bad); background: var(--on-bad); font-weight: 600; }
table { width: 100%; border-collapse: collapse; margin: 0 0 1.5rem; }
td, th { padding: .5rem 0; text-align: left; vertical-align: baseline; overflow-wrap: anywhere; }
td:last-child, th:last-child { padding-left: 1rem; text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
tfoot th { border-top: 1px solid var(--line); font-size: 1.125rem; }
button { display: block; width: 100%; margin: .5rem 0 0; padding: .75rem 1rem; font: inherit;
  color: inherit; text-align: left; background: none; border: 1px solid var(--edge);
  border-radius: .5rem; cursor: pointer; }
button:hover { background: var(--hover); }
button:first-of-type { color: var(--on-accent); background: var(--accent);
  border-color: transparent; }
button:first-of-type:hover { filter: brightness(.92); }
button:last-of-type { color: var(--quiet); border-color: transparent; text-align: center; }
button small { display: block; font-size: .8125rem; font-variant-numeric: tabular-nums; }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 36rem) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0; } }
"""
"""The colours are those of the program's themes."""


class Redirect(Exception):
    """The browser goes on to another address."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


def payment(world: World, identity: str, message: str = "") -> str:
    body = _session(world, identity)
    if body["status"] == "complete":
        return _page("Paid", "<p>This order is on its way. You can close this page.</p>")
    if body["status"] == "expired":
        return _page("Expired", "<p>This page is no longer valid. Start again in Koda.</p>")
    lines = "".join(
        f"<tr><td>{escape(line['description'])}</td><td>{_amount(line['amount_total'])}</td></tr>"
        for line in world.store.fact(f"lines:{identity}")
    )
    buttons = "".join(
        f'<button id="{way}" name="way" value="{way}">{label}<small>{number}</small></button>'
        for way, label, number in _WAYS
    )
    alert = f'<p role="alert">{escape(message)}</p>' if message else ""
    return _page(
        "Pay your order",
        f"<table><tbody>{lines}</tbody><tfoot><tr><th>Total</th>"
        f'<th id="total">{_amount(body["amount_total"])}</th></tr></tfoot></table>{alert}'
        f'<form method="post">{buttons}'
        '<button id="leave" name="way" value="leave">Leave without paying</button></form>',
    )


def pay(world: World, identity: str, way: str) -> str:
    """The buyer pressed a button. Raises Redirect where the page leads elsewhere."""
    body = _session(world, identity)
    if way == "leave":
        raise Redirect(body["cancel_url"] or f"{world.base}/pages/left")
    body = checkout.pay(world, body, way)
    if body["status"] == "complete":
        raise Redirect(body["success_url"].replace("{CHECKOUT_SESSION_ID}", identity))
    if way == "action":
        raise Redirect(f"{world.base}/pages/bank/{identity}")
    return payment(world, identity, "Your card was declined. Try another one.")


def bank(world: World, identity: str) -> str:
    body = _session(world, identity)
    return _page(
        "Your bank asks",
        f"<p>Is this payment of {_amount(body['amount_total'])} yours?</p>"
        f'<form method="post" action="/pages/pay/{escape(identity)}">'
        '<button id="confirmed" name="way" value="confirmed">Yes, pay</button>'
        '<button id="refused" name="way" value="refused">No, do not pay</button></form>',
    )


def onboarding(world: World, token: str) -> str:
    """Opening a link uses it up. Raises Redirect to the refresh address for a used or late one."""
    kept, is_fresh = accounts.use_link(world, token)
    if not is_fresh:
        raise Redirect(kept["refresh_url"])
    return _page(
        "Set up payouts",
        "<p>Stripe would ask for your name, your bank account and a document here.</p>"
        '<form method="post">'
        '<button id="everything" name="give" value="everything">Give everything</button>'
        '<button id="part" name="give" value="part">Give everything but a document</button>'
        '<button id="leave" name="give" value="leave">Leave for now</button></form>',
    )


def onboard(world: World, token: str, give: str) -> str:
    kept, _ = accounts.use_link(world, token)
    if give == "everything":
        accounts.give(world, kept["account"], [])
    elif give == "part":
        accounts.give(world, kept["account"], [accounts.DOCUMENT])
    raise Redirect(kept["return_url"])


def note(title: str, text: str) -> str:
    return _page(title, f"<p>{escape(text)}</p>")


def _session(world: World, identity: str) -> Json:
    body = world.store.find(identity, "")
    if body is None or body["object"] != "checkout.session":
        raise StripeFault(404, "There is no such page.")
    return body


def _amount(cents: int) -> str:
    return f"€{cents // 100:,}.{cents % 100:02}"


def _page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1>"
        '<p class="test">Sandbox: no real money, card or bank is used here.</p>'
        f"{content}</main></body></html>"
    )
