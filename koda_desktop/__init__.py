"""Koda Desktop: an offline-first studio and library for automation workflows."""

__version__ = "0.1.0"
