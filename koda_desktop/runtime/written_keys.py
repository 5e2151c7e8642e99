"""Stripe's secret keys where they must not be: in a file that anybody may read, copy or back up.

Told by their prefixes, as Stripe documents them (docs.stripe.com/keys): ``sk_`` and ``rk_`` of live
and test mode and of organisations, and ``whsec_`` of webhooks. A publishable key is no secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_KEY = re.compile(r"(?<![A-Za-z0-9])(?:[sr]k_(?:live|test|org)_|whsec_)[A-Za-z0-9_]{8,}")

WHAT_TO_DO = (
    "Take the key out of the file and replace it at Stripe (Developers, API keys), for others may "
    "have read it. Then enter a restricted key in Settings, which keeps it in the keyring; `koda "
    "doctor` lists the permissions it needs."
)


def holds_key(value: object) -> bool:
    """Whether a text, or anything in what was read from JSON or TOML, holds a secret key."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str) and _KEY.search(one):
            return True
        if isinstance(one, Mapping):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            left += one
    return False
