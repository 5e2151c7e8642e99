"""Bulk verbs: what one phrase ("price plus 10%") makes of each listing. Pure; no store, no clock.

A verb proposes new values for a listing's fields from those it has (``proposing``); ``planning``
makes a preview of them, and of that a change set.
"""
