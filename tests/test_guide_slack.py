"""docs/guide/slack.md: its manifest asks for what the code needs and no more; its tables and commands are good."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from doubles.acting_scene import TRIAL, ActingScene, records, said
from doubles.ctgov import LoopbackRegistry
from doubles.slack_app import APP_TOKEN, SlackApp
from doubles.small_slack import TOKEN

from monitor.acting import doing
from monitor.config import read
from notifiers.slack import scopes

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "guide" / "slack.md").read_text(encoding="utf-8")
[MANIFEST] = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
TABLE, ACTORS = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
TYPED = re.findall(r"^\| `(/trial [^`]*)` \|", GUIDE, re.MULTILINE)


def test_the_manifest_asks_for_what_the_code_needs_and_no_more():
    manifest = json.loads(MANIFEST)
    assert manifest["oauth_config"]["scopes"] == {"bot": sorted(scopes.BOT)}
    assert manifest["settings"] == {
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    }
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == doing.COMMAND
    assert f"`{next(iter(scopes.APP))}`" in GUIDE and len(scopes.APP) == 1


def test_slacks_limits_of_a_manifest_are_kept():
    """https://docs.slack.dev/reference/app-manifest: lengths of names and descriptions."""
    manifest = json.loads(MANIFEST)
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    assert len(manifest["features"]["bot_user"]["display_name"]) <= 80
    (command,) = manifest["features"]["slash_commands"]
    assert len(command["command"]) <= 32
    assert len(command["description"]) <= 2_000
    assert len(command["usage_hint"]) <= 1_000


def test_its_tables_are_a_configuration():
    config = read(TABLE + ACTORS, Path("config.toml"))
    assert config.notifiers["team"].actors == ("U0123456789", "U9876543210")


@pytest.fixture
def slack():
    with SlackApp() as running:
        yield running


def test_every_command_that_it_lists_is_answered(tmp_path, slack, clock):
    studies = records()
    with LoopbackRegistry(studies, day="2026-11-20") as registry:
        scene = ActingScene(tmp_path, slack, registry, clock)
        scene.happen(studies[0])
        assert len(TYPED) == 8
        for typed in (one.replace("MSC exosomes", "mine") for one in TYPED):
            command, _, text = typed.partition(" ")
            assert command == doing.COMMAND
            answer = scene.command(text.replace("NCT07146087", TRIAL))
            assert not answer.startswith(("No ", "Which ", "Write ", "Nothing ")), (typed, answer)
        assert set(re.findall(r"^/trial \w+", doing.HELP, re.MULTILINE)) == {
            " ".join(typed.split()[:2]) for typed in TYPED if "help" not in typed
        }
        scene.close()


def test_doctor_says_whether_the_tokens_are_good(terminal, slack, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    terminal.write("config.toml", f'{TABLE}api_url = "{slack.url}"\n')
    slack.scopes.discard("commands")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-of-another-app")
    out = terminal.run("doctor").out
    assert "the bot lacks commands, for the command /trial" in out
    assert "use the app-level token, it begins with xapp-" in out and "another-app" not in out
    slack.scopes.add("commands")
    monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
    out = terminal.run("doctor").out
    assert "the app token opens connections" in out and "lacks" not in out
    assert slack.lines == []  # none was opened for it
    terminal.run("notify", "team")
    assert "Sample" in said(slack.channel("trial-alerts").messages[0])
