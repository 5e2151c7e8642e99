"""How this computer keeps up: its store, outbox, transfers, engine and vault.

Everything a person does is committed here first and sent afterwards; nothing here decides what the
marketplace allows.
"""
