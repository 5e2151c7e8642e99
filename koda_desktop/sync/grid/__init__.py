"""The Listings table as a spreadsheet: cells as texts, blocks of them placed, and what they change.

Pure but for ``reading``: from what was read and typed to the changes proposed.
"""
