"""The small parts pages are made of, one per file; none knows a controller."""
