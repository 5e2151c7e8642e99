"""The payment provider's port over the stripe SDK.

Owns the one client with its pinned API version and time-outs, the table from its errors to
KodaErrors, and the reading of its objects. No key, card detail or page address leaves this room
but in the answers meant for it.
"""
