"""What was sent, what waits and why, what failed; and asking for it to be tried again."""
