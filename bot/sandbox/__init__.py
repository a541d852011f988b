"""A Discord-compatible server on one's own machine, with a page to look at and act in."""
