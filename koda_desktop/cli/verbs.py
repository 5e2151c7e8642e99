"""From the options of ``koda edit`` to the verbs they ask for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from koda_desktop.cli.values import parse_changes
from koda_desktop.errors import UsageError
from koda_desktop.models.money import MoneyError, parse_amount
from koda_desktop.runtime.clock import SystemClock, iso
from koda_desktop.sync.bulk.copying import Duplicate
from koda_desktop.sync.bulk.prices import ENDINGS, Amount, Percent, RoundTo
from koda_desktop.sync.bulk.proposing import Steps, Verb
from koda_desktop.sync.bulk.replacing import Replace, Replacer, Search
from koda_desktop.sync.bulk.setting import Archive, BumpVersion, Part, Restore, SetField
from koda_desktop.sync.bulk.tags import AddTags, RemoveTags, ReplaceTag


def verb_of(options: argparse.Namespace, replacer: Replacer) -> Verb | None:
    """All that was asked for, as one verb; None for nothing. Raises UsageError or InputError."""
    verbs = tuple(_verbs(options, replacer))
    if options.duplicate and len(verbs) > 1:
        raise UsageError("--duplicate goes alone.", remedy="Change the copies afterwards.")
    if len(verbs) < 2:
        return verbs[0] if verbs else None
    return Steps(verbs)


def _verbs(options: argparse.Namespace, replacer: Replacer) -> Iterator[Verb]:
    for name, value in parse_changes(options.changes).items():
        yield SetField(name, value)
    yield from _of_prices(options)
    yield from _of_tags(options)
    if options.find is not None or options.replace is not None:
        yield _replacing(options, replacer)
    if options.bump:
        yield BumpVersion(Part(options.bump))
    if options.duplicate:
        yield Duplicate()
    if options.archive:
        yield Archive(iso(SystemClock().now()))
    if options.restore:
        yield Restore()


def _of_prices(options: argparse.Namespace) -> Iterator[Verb]:
    if options.percent is not None:
        yield Percent(_number(options.percent))
    if options.amount is not None:
        yield _amount(options.amount)
    if options.round is not None:
        yield RoundTo(_ending(options.round))


def _of_tags(options: argparse.Namespace) -> Iterator[Verb]:
    if options.add_tag:
        yield AddTags(tuple(options.add_tag))
    if options.remove_tag:
        yield RemoveTags(tuple(options.remove_tag))
    for word in options.rename_tag:
        tag, equals, by = word.partition("=")
        if not tag or not equals or not by:
            raise UsageError(f"“{word}” does not say which tag becomes which: write TAG=NEW.")
        yield ReplaceTag(tag, by)


def _replacing(options: argparse.Namespace, replacer: Replacer) -> Verb:
    if options.find is None or options.replace is None:
        raise UsageError("--find and --replace go together; --replace '' takes the words away.")
    search = Search(
        options.find,
        options.replace,
        is_regex=options.regex,
        ignores_case=options.ignore_case,
        whole_words=options.whole_words,
    )
    return Replace(search, tuple(options.places.split(",")), replacer)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip().removesuffix("%").replace(",", "."))
    except InvalidOperation:
        raise UsageError(f"“{text}” is not a number.") from None


def _amount(text: str) -> Verb:
    is_less = text.startswith(("-", "\N{MINUS SIGN}"))
    try:
        amount = parse_amount(text.lstrip("+-\N{MINUS SIGN}"))
    except MoneyError as error:
        raise UsageError(str(error)) from None
    return Amount(-amount.minor if is_less else amount.minor, amount.currency)


def _ending(text: str) -> int:
    digits = text.strip().removeprefix("0").lstrip(".,")
    known = {f"{ending:02}": ending for ending in ENDINGS}
    if digits not in known:
        endings = ", ".join(f".{ending}" for ending in known)
        raise UsageError(f"Prices can be rounded to end in {endings}.")
    return known[digits]
