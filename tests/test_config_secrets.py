"""Variables of the environment: filled in for those who send, missed by name, never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from monitor.config import ConfigError, Jsonl, Slack, expanded, read, secrets
from notifiers.secret import Secret

TEXT = """\
[notifiers.team]
type = "slack"
token = "${SLACK_BOT_TOKEN}"
channel = "#${CHANNEL}-alerts"
[notifiers.log]
type = "jsonl"
path = "${WHERE}/alerts.jsonl"
"""
ENVIRON = {"SLACK_BOT_TOKEN": "xoxb-sesame\n", "CHANNEL": "trial", "WHERE": "logs"}


def test_filled_in_for_those_who_send(tmp_path: Path) -> None:
    config = read(TEXT, tmp_path / "config.toml")
    team = config.notifiers["team"]
    assert isinstance(team, Slack) and team.channel == "#${CHANNEL}-alerts"
    ready = secrets(config, ENVIRON)
    settings = ready["team"].settings
    assert isinstance(settings, Slack) and settings.channel == "#trial-alerts"
    assert ready["team"].secrets == {"token": Secret("xoxb-sesame")}
    log = ready["log"].settings
    assert isinstance(log, Jsonl) and log.path == tmp_path / "logs" / "alerts.jsonl"
    assert expanded(config, "log", {"WHERE": "/var/log"}).settings == Jsonl(
        path=Path("/var/log/alerts.jsonl")
    )


def test_no_secret_is_shown(tmp_path: Path) -> None:
    ready = secrets(read(TEXT, tmp_path / "config.toml"), ENVIRON)
    assert "sesame" not in f"{ready} {ready['team']!r} {ready['team'].secrets}"


def test_reading_asks_for_no_variable(tmp_path: Path) -> None:
    assert read(TEXT, tmp_path / "config.toml").notes[0].message.startswith("no [[watch]]")


def test_an_unset_variable_is_named_with_its_place() -> None:
    config = read(TEXT, Path("config.toml"))
    with pytest.raises(ConfigError) as caught:
        expanded(config, "team", {"SLACK_BOT_TOKEN": "", "WHERE": "x"})
    assert str(caught.value) == snapshot("""\
config.toml:3: [notifiers.team] `token` needs a variable that is empty: `SLACK_BOT_TOKEN`
  hint: set it in the environment before the start: `export SLACK_BOT_TOKEN=…`
config.toml:4: [notifiers.team] `channel` needs a variable that is not set: `CHANNEL`
  hint: set it in the environment before the start: `export CHANNEL=…`\
""")
    problem = caught.value.problems[0]
    assert (problem.file, problem.line, problem.table, problem.key) == (
        "config.toml",
        3,
        "[notifiers.team]",
        "token",
    )
    with pytest.raises(ConfigError) as caught:
        secrets(config, {})
    assert len(caught.value.problems) == 3
