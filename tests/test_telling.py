"""What is true when a message is made decides: mutes, the user's severities, a channel that refuses us."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch

from notifiers.message import Message
from notifiers.notifier import Found, Outcome, Placement, Result, Trace


class Refusing:
    """A channel that refuses us until it is told otherwise."""

    name = "log"
    reconcile_after = None
    pace = timedelta(0)

    def __init__(self) -> None:
        self.refuses = True
        self.heard: list[Message] = []

    def send(self, message: Message, placement: Placement) -> Outcome:
        if self.refuses:
            return Outcome(result=Result.CHANNEL_REFUSES, reason="not in the channel")
        self.heard.append(message)
        return Outcome(result=Result.SENT)

    def find(self, message, *, since, placement) -> Trace:
        return Trace(found=Found.CANNOT_TELL)

    def check(self):
        return []

    def close(self) -> None:
        pass


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


def suspended(record):
    new = copy.deepcopy(record)
    new["protocolSection"]["statusModule"] |= {"overallStatus": "SUSPENDED", "whyStopped": "Supply ran out"}
    return new


@pytest.fixture
def records():
    made = [study_record(number) for number in range(1, 6)]
    for record in made:
        record["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
        record["protocolSection"]["statusModule"].pop("whyStopped", None)
    return made


@pytest.fixture
def watching(tmp_path, records, clock):
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        made = Watching(tmp_path, registry, ids_watch("mine", *map(nct, records)), clock=clock)
        made.poll()
        yield made
        made.close()


def test_a_severity_lowered_to_noise_takes_back_what_was_not_yet_made(watching, records):
    watching.registry.publish("2026-11-23", [suspended(records[0])])
    watching.app.poll()  # booked, not yet told
    noise = '[severity]\noverall-status = "noise"\nwhy-stopped = "noise"\n'
    watching.edit(noise + ids_watch("mine", *map(nct, records)))
    watching.poll()
    assert watching.rung() == []
    assert watching.app.db.execute("select state, reason from delivery").fetchall() == [
        ("dropped", "by the configuration's severities it is noise now")
    ]


def test_a_channel_that_refuses_us_gets_no_more_messages_made_for_it(watching, records):
    channel = Refusing()
    watching.app.notifiers = {"log": channel}
    watching.registry.publish("2026-11-23", [suspended(records[0])])
    watching.poll()
    for number, day in ((1, "2026-11-24"), (2, "2026-11-25")):
        watching.registry.publish(day, [suspended(records[number])])
        watching.poll()
    assert watching.count("select count(*) from message") == 1
    assert watching.count("select count(*) from delivery where state = 'waiting'") == 2
    channel.refuses = False
    watching.clock.forward(hours=2)
    watching.app.deliver()
    watching.app.deliver()
    assert len(channel.heard) == 3
    assert watching.count("select count(*) from delivery where state = 'sent'") == 3
