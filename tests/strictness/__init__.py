"""pytest plugins that fail a test for what it left behind or muttered."""
