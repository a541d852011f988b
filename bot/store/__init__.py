"""SQLite: nothing outside this package knows a table."""
