"""config.toml: what may stand in it, what stands in it, and what is wrong with it. Nothing here looks at the
clock, the network or the database; the environment only where a caller hands it in."""

from monitor.config.errors import ConfigError, Problem
from monitor.config.notifiers import Apprise, Jsonl, Mail, Notifier, Slack, SlackWebhook, Webhook
from monitor.config.reading import defaults, find, load, read, remnant
from monitor.config.routes import Route
from monitor.config.secrets import Expanded, expanded, pings, secrets, tokens
from monitor.config.settings import Config, Ctgov, Schedule, Watch, Web

__all__ = [
    "Apprise",
    "Config",
    "ConfigError",
    "Ctgov",
    "Expanded",
    "Jsonl",
    "Mail",
    "Notifier",
    "Problem",
    "Route",
    "Schedule",
    "Slack",
    "SlackWebhook",
    "Watch",
    "Web",
    "Webhook",
    "defaults",
    "expanded",
    "find",
    "load",
    "pings",
    "read",
    "remnant",
    "secrets",
    "tokens",
]
