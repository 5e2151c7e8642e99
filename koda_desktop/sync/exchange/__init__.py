"""Listings in files of rows and in folders: exported, compared with what is here, and taken in."""
