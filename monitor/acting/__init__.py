"""What people do about alerts: mutes, snoozes, acknowledgements; who did it, and where."""
