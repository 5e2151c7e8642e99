"""``koda onboard``, ``orders``, ``sales``, ``refund``, ``payouts`` and ``events``."""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from koda_desktop.cli.context import Context
from koda_desktop.errors import Offline, UsageError
from koda_desktop.models.money import EUR, Money, MoneyError, parse_amount
from koda_desktop.runtime.ids import new_uuid

if TYPE_CHECKING:
    from koda_desktop.marketplace.payments import HostedPage
    from koda_desktop.marketplace.reconciliation import SaleLine
    from koda_desktop.marketplace.refunds import RefundPreview
    from koda_desktop.models.order import Order
    from koda_desktop.workspace.money_rows import BalanceRow, EventRow, PayoutRow
    from koda_desktop.workspace.selling import Selling

Json = dict[str, Any]


def onboard(context: Context, options: argparse.Namespace) -> bool:
    """How far the account is, or a page to go on at."""
    with _selling(context) as selling:
        if options.start:
            return _start_onboarding(context, selling, options)
        standing = selling.standing()
    record = {
        "state": standing.state,
        "charges_enabled": standing.charges_enabled,
        "payouts_enabled": standing.payouts_enabled,
        "due": list(standing.wanted),
        "disabled_reason": standing.disabled_reason or None,
    }
    wanted = f"\nStripe still wants: {', '.join(standing.wanted)}" if standing.wanted else ""
    context.output.result(record, f"Payouts: {standing.state}{wanted}")
    return True


def _start_onboarding(context: Context, selling: Selling, options: argparse.Namespace) -> bool:
    page = selling.begin_onboarding(options.web)
    return _show_page(context, page, is_printed=options.print_url)


def _show_page(context: Context, page: HostedPage, *, is_printed: bool) -> bool:
    if is_printed:
        context.output.result({"url": page.url, "expires_at": page.expires_at}, page.url)
        return True
    webbrowser.open(page.url)
    context.output.result({"opened": True}, "Stripe is open in the browser.")
    return True


def try_sale(context: Context, options: argparse.Namespace) -> bool:
    """The page on which the sandbox's demo buyer pays for a listing."""
    with _selling(context) as selling:
        page = selling.try_sale(options.listing)
    return _show_page(context, page, is_printed=options.print_url)


def orders(context: Context, options: argparse.Namespace) -> bool:
    """One line an order; one order with its lines and timeline."""
    with _selling(context) as selling:
        if not options.no_update:
            selling.update()
        if options.order:
            found = selling.order(options.order)
            context.output.result(order_record(found), _whole_order(found))
            return True
        for order in selling.orders(options.limit):
            context.output.result(order_record(order), _order_line(order))
    return True


def sales(context: Context, options: argparse.Namespace) -> bool:
    """One line for each sale; False when one of them does not add up."""
    with _selling(context) as selling:
        selling.update()
        lines = selling.sales(options.limit)
    for line in lines:
        context.output.result(sale_record(line), _sale_line(line))
    return all(line.difference == 0 for line in lines)


def refund(context: Context, options: argparse.Namespace) -> bool:
    """What a refund would do; with ``--yes``, do it."""
    from koda_desktop.marketplace.refunds import RefundRequest

    amount = _amount(options.amount)
    with _selling(context) as selling:
        order = selling.order(options.order)
        operation = options.operation or new_uuid()
        request = RefundRequest(operation, order.id, amount=amount, reason=options.reason)
        if not options.yes:
            preview = selling.preview_refund(request)
            context.output.result(_preview_record(preview), _preview_text(preview))
            context.output.note("Nothing was refunded. Say --yes to do it.")
            return True
        context.output.note(f"koda: refund {operation}")
        done = selling.refund(request)
        context.output.result(order_record(done), _order_line(done))
    return True


def payouts(context: Context, options: argparse.Namespace) -> bool:
    """The balance of each currency and each payout; False when something does not add up."""
    with _selling(context) as selling:
        found = selling.payouts()
    for balance in found.balances:
        context.output.result(asdict(balance), _balance_line(balance))
    for payout in found.payouts:
        context.output.result(_payout_record(payout), _payout_line(payout))
    return found.adds_up


def list_events(context: Context, options: argparse.Namespace) -> bool:
    """One line a report; personal data is not kept in them."""
    with _selling(context) as selling:
        found = selling.events(options.limit, only_open=options.open)
    for event in found:
        state = "done" if event.is_processed else event.error or "waiting"
        context.output.result(
            _event_record(event), f"{event.created}  {event.id}  {event.type}  {state}"
        )
    return True


def replay(context: Context, options: argparse.Namespace) -> bool:
    """Take reports in again; False when one of them failed."""
    with _selling(context) as selling:
        done = selling.replay(options.ids)
    record = {
        "processed": done.processed,
        "waiting": done.waiting,
        "failed": done.failed,
        "ignored": done.ignored,
    }
    words = ", ".join(f"{number} {name}" for name, number in record.items() if number)
    context.output.result(record, words or "nothing to do")
    return done.failed == 0


@contextmanager
def _selling(context: Context) -> Iterator[Selling]:
    if context.is_offline:
        raise Offline("This needs the marketplace and Stripe.", remedy="Leave out --offline.")
    from koda_desktop.workspace.selling import Selling

    context.paths.ensure()
    selling = Selling.open(context.paths, context.info())
    try:
        yield selling
    finally:
        selling.close()


def _amount(typed: str | None) -> int | None:
    try:
        return None if typed is None else parse_amount(typed).minor
    except MoneyError as error:
        raise UsageError(str(error)) from None


def _money(minor: int, currency: str = EUR) -> str:
    return str(Money(minor, currency))


def _differs(difference: int | None) -> str:
    return f"  DIFFERS BY {_money(difference)}" if difference else ""


def order_record(order: Order) -> Json:
    """An order for machines: amounts in cents."""
    return {
        "order": order.order_number,
        "id": order.id,
        "status": order.status,
        "payment": order.payment_status,
        "fulfillment": order.fulfillment_status,
        "total": order.total_amount,
        "refunded": order.refunded_amount,
        "currency": order.currency,
        "created": order.created_at,
        "items": [
            {"title": item.title, "amount": item.gross, "fee": item.fee_amount}
            for item in order.items
        ],
        "timeline": [entry.as_document() for entry in order.timeline],
    }


def _order_line(order: Order) -> str:
    back = f", {_money(order.refunded_amount)} refunded" if order.refunded_amount else ""
    total = _money(order.total_amount, order.currency)
    return f"{order.order_number}  {order.status}  {order.payment_status}  {total}{back}"


def _whole_order(order: Order) -> str:
    lines = [_order_line(order)]
    lines += [
        f"  {item.title}: {_money(item.gross)}, fee {_money(item.fee_amount)}"
        for item in order.items
    ]
    for entry in order.timeline:
        amount = "" if entry.amount is None else f"  {_money(entry.amount)}"
        lines.append(f"  {entry.at}  {entry.kind}{amount}")
    return "\n".join(lines)


def sale_record(line: SaleLine) -> Json:
    """A sale for machines: amounts in cents."""
    return {
        "order": line.order_number,
        "gross": line.gross,
        "fee": line.fee,
        "stripe_fee": line.provider_fee,
        "transfer": line.transferred,
        "refunded": line.refunded,
        "net": line.net,
        "payout": line.payout_id,
        "difference": line.difference,
    }


def _sale_line(line: SaleLine) -> str:
    return (
        f"{line.order_number}  gross {_money(line.gross)}  fee {_money(line.fee)}  "
        f"Stripe’s fee {_money(line.provider_fee)}  transfer {_money(line.transferred)}  "
        f"refunded {_money(line.refunded)}  net {_money(line.net)}  "
        f"{line.payout_id or 'not paid out yet'}{_differs(line.difference)}"
    )


def _preview_record(preview: RefundPreview) -> Json:
    return {
        "to_buyer": preview.to_buyer,
        "from_sellers": preview.from_sellers,
        "from_platform": preview.from_platform,
        "currency": preview.currency,
    }


def _preview_text(preview: RefundPreview) -> str:
    return (
        f"The buyer gets {_money(preview.to_buyer)}: {_money(preview.from_sellers)} of yours and "
        f"{_money(preview.from_platform)} of the marketplace’s fee."
    )


def _balance_line(balance: BalanceRow) -> str:
    available = _money(balance.available, balance.currency)
    pending = _money(balance.pending, balance.currency)
    return f"Available {available}, pending {pending}{_differs(balance.difference)}"


def _payout_record(payout: PayoutRow) -> Json:
    return {
        "payout": payout.id,
        "amount": payout.amount,
        "status": payout.status,
        "arrives": payout.arrives_on,
        "movements": None if payout.lines is None else len(payout.lines),
        "difference": payout.difference,
        "failure": payout.failure or None,
    }


def _payout_line(payout: PayoutRow) -> str:
    parts = "" if payout.lines is None else f", {len(payout.lines)} movements"
    amount = _money(payout.amount, payout.currency)
    why = f"  {payout.failure}" if payout.failure else ""
    return f"{payout.id}  {payout.status}  {amount}{parts}{_differs(payout.difference)}{why}"


def _event_record(event: EventRow) -> Json:
    return {
        "stripeEventId": event.id,
        "type": event.type,
        "created": event.created,
        "processed": event.is_processed,
        "attempts": event.tries,
        "error": event.error or None,
        "payload": event.payload,
    }
