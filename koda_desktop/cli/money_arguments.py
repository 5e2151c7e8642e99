"""The options of the commands about selling."""

from __future__ import annotations

import argparse
from typing import Any


def add_money_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands to the command line's parser."""
    for add in (_onboard, _try_sale, _orders, _sales, _refund, _payouts, _events):
        add(commands, common)


def _onboard(commands: Any, common: argparse.ArgumentParser) -> None:
    onboard = commands.add_parser(
        "onboard",
        parents=[common],
        help="set up payouts with Stripe",
        description="Without an option, how far the account is, as Stripe says now.",
    )
    onboard.add_argument(
        "--start", action="store_true", help="go on at Stripe, in the system’s browser"
    )
    onboard.add_argument(
        "--web",
        default="",
        metavar="ADDRESS",
        help="the web application’s address, which Stripe leads back to (not in the sandbox)",
    )
    onboard.add_argument(
        "--print-url",
        action="store_true",
        help="with --start: print the page’s address instead; it works once, for some minutes",
    )


def _try_sale(commands: Any, common: argparse.ArgumentParser) -> None:
    sale = commands.add_parser(
        "try-sale",
        parents=[common],
        help="in the sandbox: buy a listing as the demo buyer",
        description="Opens the make-believe payment page. The sale arrives within a minute.",
    )
    sale.add_argument("listing", metavar="LISTING", help="a published listing’s id")
    sale.add_argument("--print-url", action="store_true", help="print the page’s address instead")


def _limit(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--limit", type=int, default=50, metavar="N", help=f"so many {what}")


def _orders(commands: Any, common: argparse.ArgumentParser) -> None:
    orders = commands.add_parser(
        "orders",
        parents=[common],
        help="list orders, or show one with its timeline",
        description="Asks Stripe for news first, unless --no-update is given.",
    )
    orders.add_argument("order", nargs="?", metavar="ORDER", help="its number, such as KD-000123")
    orders.add_argument("--no-update", action="store_true", help="do not ask Stripe for news")
    _limit(orders, "orders")


def _sales(commands: Any, common: argparse.ArgumentParser) -> None:
    sales = commands.add_parser(
        "sales",
        parents=[common],
        help="each sale: gross, fee, refunds, net, payout",
        description="Compares each sale with Stripe. Ends with 1 when one does not add up.",
    )
    _limit(sales, "orders")


def _refund(commands: Any, common: argparse.ArgumentParser) -> None:
    refund = commands.add_parser(
        "refund",
        parents=[common],
        help="give a buyer money back",
        description="Without --yes, only what each party would give and get.",
    )
    refund.add_argument("order", metavar="ORDER", help="its number, such as KD-000123")
    refund.add_argument(
        "--amount", metavar="AMOUNT", help="such as 5.00; default: all that is left"
    )
    refund.add_argument("--reason", default="", help="why, for your own records")
    refund.add_argument("--yes", action="store_true", help="do it")
    refund.add_argument(
        "--operation",
        metavar="NAME",
        help="name this refund: asking again under the same name goes on with it, and never "
        "refunds twice",
    )


def _payouts(commands: Any, common: argparse.ArgumentParser) -> None:
    commands.add_parser(
        "payouts",
        parents=[common],
        help="the balance, and payouts with what they are made of",
        description="Ends with 1 when a payout or the balance does not add up.",
    )


def _events(commands: Any, common: argparse.ArgumentParser) -> None:
    events = commands.add_parser(
        "events", parents=[common], help="for operators: Stripe’s reports, and replaying them"
    )
    actions = events.add_subparsers(dest="action", metavar="ACTION", required=True)
    listed = actions.add_parser("list", parents=[common], help="list them, newest first")
    listed.add_argument("--open", action="store_true", help="only those not processed")
    _limit(listed, "events")
    replay = actions.add_parser("replay", parents=[common], help="take them in again; it is safe")
    replay.add_argument("ids", nargs="+", metavar="ID", help="Stripe’s own id, evt_…")
