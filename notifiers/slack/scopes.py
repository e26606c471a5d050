"""What an app must be allowed to do, and what for. The manifest in docs/guide/slack.md asks for exactly this."""

from __future__ import annotations

# Of the bot's token (xoxb-).
BOT: dict[str, str] = {
    "chat:write": "to post",
    "channels:read": "to find the channel by its name",
    "groups:read": "to find a private channel by its name",
    "channels:history": "to avoid repeats after a lost answer (groups:history in a private channel)",
    "groups:history": "to avoid repeats in a private channel after a lost answer",
    "commands": "for the command /trial",
}
# Of the app-level token (xapp-).
APP: dict[str, str] = {"connections:write": "to hear what people do, by Socket Mode"}
