"""The scenes of the gallery that the documentation shows; ``gallery --guide`` draws them anew."""

from __future__ import annotations

PICTURES = {
    "activity": ("activity", "light"),
    "allowances": ("allowances", "light"),
    "bulk": ("bulk-price", "light"),
    "checklist": ("listings-checklist", "light"),
    "conflicts": ("conflicts", "light"),
    "editor": ("editor", "light"),
    "events": ("events-one", "light"),
    "first-run": ("first-run", "light"),
    "history": ("history-open", "light"),
    "import": ("import-review-of-one", "light"),
    "intake": ("intake", "light"),
    "payouts": ("payouts-active", "light"),
    "preview": ("intake-preview", "light"),
    "refund": ("refund", "light"),
    "removed": ("intake-kept", "light"),
    "sales": ("sales-order", "light"),
    "secrets": ("intake-secrets", "light"),
    "transfers": ("transfers", "light"),
    "window": ("listings-published", "light"),
    "window-dark": ("listings-published", "dark"),
    "workflow-dark": ("intake-workflow", "dark"),
}
"""By the name of the picture in ``docs/images``: the scene and its colours."""
