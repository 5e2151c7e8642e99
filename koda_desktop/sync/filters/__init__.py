"""The filter language: what a person types to say which listings they mean.

``slack alerts -beta tag:n8n -tag:ai price:<20 status:draft updated:>2026-01`` becomes a ``Filter``
(``parsing``), which becomes SQL (``sql``). The search field, saved views and commands share it.
Whatever is typed is a filter or an InputError that says where, what and what is known.
"""
