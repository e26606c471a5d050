"""What `[notifiers.NAME]` of Slack must hold to beyond the shape of each key."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from monitor.config.errors import quoted
from monitor.config.notifiers import Slack
from monitor.config.report import Report
from monitor.config.secrets import VARIABLE
from monitor.config.values import LOOPBACK

_PERSON = re.compile(r"[UW][A-Z0-9]{2,}", re.ASCII)


def check_slack(report: Report, name: str, table: Slack) -> None:
    if not table.channel.strip().removeprefix("#"):
        report.problem(
            ("notifiers", name, "channel"),
            f"`channel` is empty: {quoted(table.channel)}",
            hint="name one, as in `#trial-alerts`",
        )
    parts = urlsplit(table.api_url) if not VARIABLE.search(table.api_url) else None
    if parts is not None and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        report.problem(
            ("notifiers", name, "api_url"),
            f"`api_url` lets the token go over the network unencrypted: {quoted(table.api_url)}",
            hint="write `https://…`",
        )
    for at, one in enumerate(table.actors):
        if not _PERSON.fullmatch(one) and not VARIABLE.search(one):
            report.problem(
                ("notifiers", name, "actors", at),
                f"no id of a person in Slack: `{one}`",
                hint="in Slack: Profile, Copy member ID; it looks like `U0123456789`",
            )
    if table.actors and table.app_token is None:
        report.note(
            ("notifiers", name, "actors"), "`actors` has no effect without `app_token`: there are no buttons"
        )
