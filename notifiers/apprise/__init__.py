"""Microsoft Teams, ntfy, Telegram and the rest of what Apprise knows, one target a notifier."""
