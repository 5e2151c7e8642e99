"""What things are: products, prices, accounts, purchases and money. Pure, without Qt or network.

Field names, enums and defaults are the web application's; what a document holds beyond them is
kept untouched. This module imports nothing, so that a reader of money need not load pydantic.
"""
