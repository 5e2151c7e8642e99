"""Refusals, in the form of Stripe's error objects (docs.stripe.com/api/errors)."""

from __future__ import annotations

from typing import Any


class StripeFault(Exception):
    """An answer that is an error. ``fields`` become further fields of the error object."""

    def __init__(
        self, status: int, message: str, kind: str = "invalid_request_error", **fields: Any
    ) -> None:
        self.status = status
        self.kind = kind
        self.message = message
        self.fields = {name: value for name, value in fields.items() if value is not None}
        super().__init__(message)

    def body(self) -> dict[str, Any]:
        return {"error": {"type": self.kind, "message": self.message, **self.fields}}


def missing(kind: str, identity: str, parameter: str = "id") -> StripeFault:
    """404: there is no such object."""
    return StripeFault(
        404, f"No such {kind}: '{identity}'", code="resource_missing", param=parameter
    )


def invalid(message: str, parameter: str | None = None, code: str | None = None) -> StripeFault:
    """400: the request cannot be done as it is."""
    return StripeFault(400, message, param=parameter, code=code)
