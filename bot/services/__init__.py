"""Use cases that have more than one door."""
