"""detect-secrets' detectors (Yelp, Apache-2.0), called directly by class.

Only ``analyze_string`` of chosen classes is used, which matches patterns and nothing else: never
the library's settings, which load plugins from files, and never its verification, which would
send what it found over the network. The import costs about 90 ms and happens only when a text
holds one of the needles. Left out are its entropy detectors (every export is full of ids), the
keyword detector (our own names are finer), classes that answer with a token's prefix only
(GitHub) and classes whose patterns take quadratic time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from koda_desktop.workflows.secrets.placeholders import is_placeholder_token
from koda_desktop.workflows.secrets.shapes import RANK_LIBRARY, Hit

if TYPE_CHECKING:
    from detect_secrets.plugins.base import RegexBasedDetector

_NEEDLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("aws", ("AKIA", "ASIA", "ABIA", "ACCA")),
    ("azure", ("AccountKey=",)),
    ("gitlab", ("GR1348941",)),
    ("mailchimp", ("-us",)),
    ("pypi", ("pypi-AgE",)),
    ("sendgrid", ("SG.",)),
    ("slack", ("xox", "hooks.slack.com")),
    ("square", ("sq0csp-",)),
    ("stripe", ("sk_live_", "rk_live_")),
)
_SHORTEST = 16


def library_hits(text: str, words: str) -> Iterator[Hit]:
    """What the library finds in ``text``, whose long words are ``words``."""
    for name, needles in _NEEDLES:
        if any(needle in words for needle in needles):
            detector = _detectors()[name]
            for value in set(detector.analyze_string(text)):
                if len(value) >= _SHORTEST and not is_placeholder_token(value):
                    yield from _places(text, value, detector.secret_type)


def is_formally_a_jwt(token: str) -> bool:
    """Whether header and payload of ``token`` are base64url of JSON."""
    from detect_secrets.plugins.jwt import JwtTokenDetector

    return JwtTokenDetector.is_formally_valid(token)


def _places(text: str, value: str, kind: str) -> Iterator[Hit]:
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        # The library's patterns do not look at what stands around a match.
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            yield Hit(start, end, kind, 4, RANK_LIBRARY)
        start = text.find(value, end)


@cache
def _detectors() -> dict[str, RegexBasedDetector]:
    from detect_secrets.plugins.aws import AWSKeyDetector
    from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
    from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
    from detect_secrets.plugins.mailchimp import MailchimpDetector
    from detect_secrets.plugins.pypi_token import PypiTokenDetector
    from detect_secrets.plugins.sendgrid import SendGridDetector
    from detect_secrets.plugins.slack import SlackDetector
    from detect_secrets.plugins.square_oauth import SquareOAuthDetector
    from detect_secrets.plugins.stripe import StripeDetector

    return {
        "aws": AWSKeyDetector(),
        "azure": AzureStorageKeyDetector(),
        "gitlab": GitLabTokenDetector(),
        "mailchimp": MailchimpDetector(),
        "pypi": PypiTokenDetector(),
        "sendgrid": SendGridDetector(),
        "slack": SlackDetector(),
        "square": SquareOAuthDetector(),
        "stripe": StripeDetector(),
    }
