"""What waits, and why: `check`, `outbox` and `status` tell what waits by plan from what a channel holds up."""

from __future__ import annotations

import copy
import json
import re

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, recruiting, timeless
from doubles.webhook_receiver import SECRET, WebhookReceiver

DIGEST = '[[route]]\nto = ["log"]\ndigest = "mon 08:00"\n'
LOG = '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n'


def closed(record):
    new = copy.deepcopy(record)
    new["protocolSection"]["statusModule"]["overallStatus"] = "ACTIVE_NOT_RECRUITING"
    return new


@pytest.fixture
def records():
    return [timeless(recruiting(number)) for number in range(1, 5)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def place(terminal, registry, records):
    """Polled once; `place.configure` writes what else the file holds."""

    def configure(more):
        terminal.write(
            "config.toml",
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            f'[[watch]]\nname = "four"\nids = {json.dumps([nct(one) for one in records])}\n{more}',
        )

    terminal.configure = configure
    configure(LOG)
    assert terminal.run("check").code == 0
    return terminal


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    with WebhookReceiver() as running:
        monkeypatch.setenv("HOOK_URL", running.url)
        yield running


HOOK = '[notifiers.hook]\ntype = "webhook"\nurl = "${HOOK_URL}"\nsecret = "${HOOK_SECRET}"\n'
THEN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC")


def then(text):
    return THEN.sub("THEN", text)


def test_what_waits_for_a_digest_is_said_and_no_trouble(place, registry, records):
    place.configure(LOG + DIGEST)
    registry.publish("2026-11-23", [closed(one) for one in records])
    ran = place.run("check")
    assert ran.code == 0
    assert "log: 4 wait, the next at THEN (digest mon 08:00)" in then(ran.err)
    assert "held up" not in ran.err
    assert place.run("check").code == 0  # nor an hour later


def test_what_a_channel_did_not_take_is_trouble_beside_what_waits_by_plan(place, registry, records):
    place.configure(LOG + DIGEST + '[[route]]\nto = ["log"]\nmin_severity = "critical"\n')
    registry.publish("2026-11-23", [closed(records[0])])
    assert place.run("check").code == 0
    stopped = copy.deepcopy(records[1])
    stopped["protocolSection"]["statusModule"] |= {"overallStatus": "SUSPENDED", "whyStopped": "Supply"}
    registry.publish("2026-11-24", [stopped])
    (place.folder / "alerts.jsonl").mkdir()
    ran = place.run("check")
    assert ran.code == 3
    assert "log: 1 held up (`trialbell outbox` says why)" in ran.err
    assert "log: 1 waits until THEN (digest mon 08:00)" in then(ran.err)
