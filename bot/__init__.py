"""A Discord bot for communities that hold sessions with talks."""
