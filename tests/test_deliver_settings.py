"""What the configuration says of delivery reaches the sender; and stdout is not given to two at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import timeless
from doubles.study_records import study_record
from doubles.watching import HEAD, Watching, ids_watch

from monitor.app import App
from monitor.assembly import app_of, notifier_of
from monitor.config import read
from notifiers.deliver import Settings
from notifiers.message import Message
from notifiers.notifier import Found, Outcome, Placement, Result, Trace

SLACK = """
[notifiers.team]
type = "slack"
token = "${TOKEN}"
channel = "#alerts"
reconcile_after = "5m"
thread_fresh_for = "3d"
"""
ENVIRON = {"TOKEN": "xoxb-1"}


def test_the_settings_of_a_slack_notifier_reach_it(tmp_path):
    config = read(SLACK, tmp_path / "config.toml")
    notifier, settings = notifier_of(config, "team", ENVIRON)
    assert notifier.reconcile_after == timedelta(minutes=5)
    assert settings.thread_fresh_for == timedelta(days=3)
    notifier.close()


class Placed:
    """A channel that takes everything and keeps where it was to go."""

    name = "log"
    type = "placed"
    holds_many = True
    reconcile_after = None
    pace = timedelta(0)

    def __init__(self) -> None:
        self.placements: list[Placement] = []

    def parts(self, message: Message) -> tuple[Message, ...]:
        return (message,)

    def send(self, message: Message, placement: Placement) -> Outcome:
        self.placements.append(placement)
        return Outcome(result=Result.SENT, remote={"ts": str(len(self.placements))})

    def find(self, message, *, since, placement) -> Trace:
        return Trace(found=Found.CANNOT_TELL)

    def check(self):
        return []

    def mended(self):
        return True

    def close(self) -> None:
        pass


@pytest.mark.parametrize(("fresh_for", "joins"), [(3, True), (1, False)])
def test_a_notifiers_settings_reach_its_drain(tmp_path, clock, fresh_for, joins):
    record = timeless(study_record(1))
    trial = record["protocolSection"]["identificationModule"]["nctId"]
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("mine", trial), clock=clock)
        channel = Placed()
        app = App(
            watching.app.config,
            registries=watching.app.registries,
            notifiers={"log": channel},
            settings={"log": Settings(thread_fresh_for=timedelta(days=fresh_for))},
            clock=clock,
        )
        app.poll()
        for number, status in enumerate(("SUSPENDED", "TERMINATED")):
            record["protocolSection"]["statusModule"]["overallStatus"] = status
            registry.publish(f"2026-11-2{number + 3}", [record])
            app.poll()
            app.deliver()
            clock.forward(days=2)
        app.close()
    first, second = channel.placements
    assert first.reply_to is None
    assert (second.reply_to is not None) == joins and (second.previous is None) == joins


def test_an_app_is_made_with_the_settings_of_each_notifier(tmp_path, clock):
    log = '[notifiers.log]\ntype = "jsonl"\npath = "a.jsonl"\n'
    config = read(SLACK + log, tmp_path / "config.toml")
    app = app_of(config, clock=clock, environ=ENVIRON)
    assert sorted(app.notifiers) == ["log", "team"]
    app.close()


@pytest.mark.parametrize("options", [["--json"], ["--json", "--exit-code"]])
def test_check_refuses_two_who_write_to_stdout(terminal, options):
    trial = "NCT00000102"
    with LoopbackRegistry([study_record(102)], day="2026-11-20") as registry:
        head = HEAD.format(url=registry.url, history="false", backfill="false").replace("alerts.jsonl", "-")
        terminal.write("config.toml", head + ids_watch("mine", trial))
        ran = terminal.run("check", *options)
        assert (ran.code, ran.out) == (2, "")
        assert "would mix: `log`" in ran.err and "leave out `--json`" in ran.err
        assert registry.requests() == []
        assert terminal.run("check", "--dry-run", "--json").code == 0
