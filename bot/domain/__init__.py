"""Values and rules: no Discord, no SQL, no clock of its own."""
