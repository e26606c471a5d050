"""`trialbell demo` as it is shipped: the real program on the embedded registry tells what the script says it will."""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest
from doubles.terminal import Terminal

from monitor import logs
from monitor.database import open_for_reading
from monitor.demo.script import DAYS
from snapshots.changeset import Source
from snapshots.query import Reader


@pytest.fixture(autouse=True, scope="module")
def logs_as_before():
    """The demo, run in this process, points the log at a stderr that ends with its test."""
    yield
    logs.configure(level=logging.WARNING)


@pytest.fixture
def told(terminal: Terminal):
    ran = terminal.run("demo", "--no-serve", "--json", "--keep", "kept")
    assert ran.code == 0, ran.err
    return ran


def test_each_day_tells_of_the_trials_it_says_and_of_no_other(told):
    by_day = defaultdict(list)
    for value in told.values:
        by_day[value["at"][:10]].append(value["trial"])
    assert {day.date.isoformat(): list(day.tells) for day in DAYS if day.tells} == by_day


def test_the_sentences_are_those_that_the_demo_is_there_to_show(told):
    said = {value["trial"]: (value["severity"], value["headline"]) for value in told.values}
    assert [
        (value["severity"], value["headline"]) for value in told.values if value["trial"] == "NCT07146087"
    ] == [
        ("critical", "Recruiting → Suspended: On hold for a protocol amendment (scripted)"),
        ("critical", "Suspended → Recruiting: back to Recruiting after 6 days"),
    ]
    assert said["NCT99000215"][0] == "critical"
    assert "Results posted" in said["NCT99000215"][1]
    assert "slipped" in said["NCT99000328"][1]
    assert said["NCT99000328"][0] == "major"


def test_the_readmes_sample_is_what_the_demo_prints(told, terminal):
    """When it differs: `trialbell demo --no-serve --keep kept`, and the first message of kept/slack.txt."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    sample = readme.split("```")[1].strip().splitlines()
    channel = (terminal.folder / "kept" / "slack.txt").read_text(encoding="utf-8")
    _, *first = channel.split("\n\n")[1].splitlines()
    assert sample == [line.removeprefix("▌ ").rstrip() for line in first]


def test_each_alert_says_that_it_is_scripted_and_leads_to_no_server_that_is_gone(told, terminal):
    channel = (terminal.folder / "kept" / "slack.txt").read_text(encoding="utf-8")
    messages = channel.split("trialbell APP")[1:]
    # What goes on in a thread stands below a message that says it.
    unsaid = [one.splitlines()[1] for one in messages if "Demo: scripted days, not news" not in one]
    assert len(messages) == 12
    assert [words.strip(" ▌").partition(" · ")[0] for words in unsaid] == ["Whole text", "What changed"]
    assert "http://" not in channel


def test_it_shows_what_a_channel_sees(told, terminal):
    """Alerts, replies loud and quiet, many changes in one, and a summary with its thread in place of many alerts."""
    channel = (terminal.folder / "kept" / "slack.txt").read_text(encoding="utf-8")
    messages = [one.replace("▌", "").split("\n", 1) for one in channel.split("trialbell APP")[1:]]
    loud = [" ".join(text.split()) for head, text in messages if "also sent to the channel" in head]
    quiet = [" ".join(text.split()) for head, text in messages if head.endswith("reply in the thread")]
    assert [text.partition(":")[0] for text in loud] == ["🔴 Critical · Suspended → Recruiting"]
    assert "back to Recruiting after 6 days" in loud[0]
    assert [text.partition(" · ")[0] for text in quiet] == ["Whole text", "What changed", "🟡 Minor"]
    assert "; keywords: added respiratory syncytial virus" in quiet[2]
    assert "7 trials changed: 5 major, 2 minor" in channel


def test_what_it_leaves_behind_is_a_working_folder(told, terminal):
    config = terminal.folder / "kept" / "config.toml"
    changes = terminal.run("changes", "--config", str(config), "--json")
    assert [value["id"] for value in changes.values] == [value["id"] for value in reversed(told.values)]
    between = terminal.run("diff", "NCT07146087@1", "NCT07146087@2", "--config", str(config), "--json")
    assert between.code == 1
    assert between.values[0]["id"] == "ctgov:NCT07146087:changed:1-2"
    record = terminal.run("show", "NCT07146087@2026-11-17", "--config", str(config), "--json")
    assert json.loads(record.out)["protocolSection"]["statusModule"]["overallStatus"] == "RECRUITING"
    outbox = terminal.run("outbox", "--config", str(config), "--json")
    assert outbox.code == 0
    search = terminal.run("search", "sclerosis", "--config", str(config), "--json")
    assert "NCT07146087" in [value["trial"] for value in search.values]
    assert search.err == "", "nothing waits to be indexed"


@pytest.mark.parametrize("guide", ["evidence", "api"])
def test_the_versions_that_the_guides_name_are_there(told, terminal, guide):
    """What one copies from them while the demo's browser is open is answered."""
    text = (Path(__file__).parents[1] / "docs" / "guide" / f"{guide}.md").read_text(encoding="utf-8")
    named = re.findall(r"/trials/ctgov/(\w+)/(?:versions|compare)/(\d+)(?:\.{3}(\d+))?", text)
    assert named
    with closing(open_for_reading(terminal.folder / "kept" / "trialbell.db")) as db:
        for trial, *numbers in named:
            for number in filter(None, numbers):
                assert Reader(db).version("ctgov", trial, Source.SNAPSHOT, int(number)) is not None
