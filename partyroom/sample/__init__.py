"""The sample branch: a synthetic school told through the services."""
