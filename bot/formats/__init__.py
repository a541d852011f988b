"""Between the values of a session and the files that other programs read and write: pure, without Discord or SQL."""
