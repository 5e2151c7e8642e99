"""The SDK's HTTP client, with every request and every answer held to the SDK's own types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

from tests.services.stripe.sdk_types import answer_problems, params_of, request_problems


class CheckedClient(stripe.RequestsClient):
    """Collects what is wrong in ``problems`` and what was sent in ``sent``."""

    def __init__(self, timeout: tuple[float, float] = (5.0, 10.0)) -> None:
        super().__init__(timeout=timeout)
        self.problems: list[str] = []
        self.sent: list[tuple[str, str, dict[str, Any], str | None]] = []
        self.answers = 0

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> Any:
        address = urlsplit(url)
        fields = decode(str(post_data or "") if method == "post" else address.query)
        key = (headers or {}).get("Idempotency-Key")
        self.sent.append((method.upper(), address.path, fields, key))
        where = f"{method.upper()} {address.path}"
        kind = params_of(method.upper(), address.path)
        self.problems += [f"{where} {problem}" for problem in request_problems(fields, kind)]
        content, status, answered = super().request(method, url, headers, post_data)
        self.answers += 1
        found = answer_problems(json.loads(content))
        self.problems += [f"{where} -> {problem}" for problem in found]
        return content, status, answered


def decode(text: str) -> dict[str, Any]:
    """A form with brackets as nested dictionaries; not the code under test's own way."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        parts = name.replace("]", "").split("[")
        place = fields
        for part in parts[:-1]:
            place = place.setdefault(part, {})
        place[parts[-1]] = value
    return fields
