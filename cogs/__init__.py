"""One file per family of slash commands."""
