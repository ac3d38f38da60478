"""Knows nothing of the rest: errors, calendar, settings, paths, identity numbers."""
