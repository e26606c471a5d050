"""The application with a Slack channel whose buttons work: what tests of acting drive."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import timeless
from doubles.slack_app import APP_TOKEN, SlackApp
from doubles.small_slack import TOKEN
from doubles.study_records import study_record

from monitor.acting.desk import Desk
from monitor.app import App
from monitor.assembly import app_of
from monitor.config import read

ENVIRON = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
TRIAL, OTHER = "NCT90000001", "NCT90000002"
CONFIG = """
[store]
path = "t.db"
[registries.ctgov]
url = "{registry}"
requests_per_minute = 100000
[web]
public_url = "https://trials.example.org"
[[watch]]
name = "mine"
ids = ["NCT90000001", "NCT90000002"]
[notifiers.team]
type = "slack"
token = "${{SLACK_BOT_TOKEN}}"
app_token = "${{SLACK_APP_TOKEN}}"
channel = "#trial-alerts"
api_url = "{slack}"
"""


def nct(record: dict[str, Any]) -> str:
    return str(record["protocolSection"]["identificationModule"]["nctId"])


def records() -> list[dict[str, Any]]:
    made = [timeless(study_record(number)) for number in (1, 2)]
    for record in made:
        record["protocolSection"]["statusModule"] |= {"overallStatus": "RECRUITING"}
        record["protocolSection"]["statusModule"].pop("whyStopped", None)
    return made


def with_status(record: dict[str, Any], status: str, why: str | None = None) -> dict[str, Any]:
    new = copy.deepcopy(record)
    module = new["protocolSection"]["statusModule"]
    module.pop("whyStopped", None)
    module |= {"overallStatus": status, **({"whyStopped": why} if why else {})}
    return new


class ActingScene:
    """`happen` publishes and tells; `act` is what somebody does, done and shown."""

    def __init__(
        self, folder: Path, slack: SlackApp, registry: LoopbackRegistry, clock: Any, more: str = ""
    ) -> None:
        self.slack = slack
        self.registry = registry
        self.clock = clock
        self.text = CONFIG.format(registry=registry.url, slack=slack.url) + more
        self.path = folder / "config.toml"
        self.path.write_text(self.text)
        self.app: App = app_of(read(self.text, self.path), clock=clock, environ=ENVIRON)
        assert self.app.open_desk is not None
        self.desk: Desk = self.app.open_desk()
        self.desk.start()
        self.app.poll()
        slack.connected(1)
        self._day = date(2026, 11, 23)

    def happen(
        self, record: dict[str, Any], status: str = "SUSPENDED", why: str | None = None
    ) -> dict[str, Any]:
        """The message that tells of it, as it stands in the channel."""
        self.registry.publish(self._day.isoformat(), [with_status(record, status, why)])
        self._day += timedelta(days=1)
        self.clock.forward(hours=1)
        self.app.poll()
        self.app.deliver()
        return self.alerts[-1]

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """Without what goes on them in their threads."""
        return [message for message in self.messages if buttons(message)]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.slack.channel("trial-alerts").messages

    def act(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """The answer."""
        self.slack.acked(self.slack.send(envelope))
        before = len(self.slack.responses)
        self.desk.work()
        self.desk.tell()
        return self.slack.responded(before + 1)

    def press(self, message: dict[str, Any], name: str, **user: str) -> dict[str, Any]:
        return self.act(
            self.slack.pressed(name, self.button(message, name)["value"], ts=message["ts"], **user)
        )

    def command(self, text: str, **more: str) -> str:
        """What is answered, in words."""
        return said(self.act(self.slack.commanded(text, **more)))

    def button(self, message: dict[str, Any], name: str) -> dict[str, Any]:
        found = [one for one in buttons(message) if one["action_id"] == name]
        assert len(found) == 1, [one["action_id"] for one in buttons(message)]
        return found[0]

    def count(self, sql: str) -> int:
        return int(self.app.db.execute(sql).fetchone()[0])

    def close(self) -> None:
        self.desk.close()
        self.app.close()


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    return [button for row in rows for button in row["elements"]]


def said(message: dict[str, Any]) -> str:
    """All that a person reads in blocks, line by line."""
    lines: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("text"), str):
                lines.append(part["text"])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk([block for block in message["blocks"] if block["type"] != "actions"])
    return "\n".join(lines)


def is_inert(message: dict[str, Any]) -> bool:
    """No text of it is read as markup."""
    return '"mrkdwn"' not in json.dumps(message["blocks"]) and "<" not in message["text"]
