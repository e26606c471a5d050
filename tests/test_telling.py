"""What is true when a message is made decides: mutes, the user's severities, a channel that refuses us."""

from __future__ import annotations

import copy
import threading
from datetime import timedelta

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import timeless
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch

from notifiers.message import Message
from notifiers.notifier import Found, Outcome, Placement, Result, Trace
from snapshots.database import immediate


class Refusing:
    """A channel that refuses us until it is told otherwise."""

    name = "log"
    reconcile_after = None
    holds_many = False
    pace = timedelta(0)

    def __init__(self) -> None:
        self.refuses = True
        self.heard: list[Message] = []

    def parts(self, message: Message) -> tuple[Message, ...]:
        return (message,)

    def send(self, message: Message, placement: Placement) -> Outcome:
        if self.refuses:
            return Outcome(result=Result.CHANNEL_REFUSES, reason="not in the channel")
        self.heard.append(message)
        return Outcome(result=Result.SENT)

    def find(self, message, *, since, placement) -> Trace:
        return Trace(found=Found.CANNOT_TELL)

    def check(self):
        return []

    def mended(self) -> bool:
        return not self.refuses

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
    made = [timeless(study_record(number)) for number in range(1, 6)]
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
    assert watching.count("select count(*) from message") == 2  # by which it is tried
    assert watching.count("select count(*) from delivery where state = 'waiting'") == 1
    channel.refuses = False
    watching.clock.forward(hours=2)
    watching.app.deliver()
    watching.app.deliver()
    assert len(channel.heard) == 3
    assert watching.count("select count(*) from delivery where state = 'sent'") == 3


def test_a_delivery_whose_event_is_not_there_ends_with_that_reason(watching, records):
    """As after a database was put together by hand: it must neither wait for ever nor stop the others."""
    watching.registry.publish("2026-11-23", [suspended(records[0]), suspended(records[1])])
    watching.app.poll()
    first = watching.app.db.execute("select event from delivery order by id limit 1").fetchone()[0]
    with immediate(watching.app.db):
        watching.app.db.execute("update delivery set event = 'lost' where event = ?", [first])
    watching.app.deliver()
    assert len(watching.rung()) == 1
    assert watching.app.db.execute("select state, reason from delivery where event = 'lost'").fetchall() == [
        ("dropped", "its event is not in this database")
    ]


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("update change set paths = '[\"\"]'", "changed"),
        ("update change set paths = 'no list'", None),
        ("update event set severity = 'nosuch'", None),
    ],
)
def test_an_event_that_cannot_be_put_into_words_is_told_plainly_and_stops_no_other(
    watching, records, capsys, damage, kind
):
    watching.registry.publish("2026-11-23", [suspended(records[0]), suspended(records[1])])
    watching.app.poll()
    table, column = ("event", "sequence") if "update event" in damage else ("change", "event")
    with immediate(watching.app.db):
        if table == "event":
            watching.app.db.execute("pragma ignore_check_constraints = on")
        watching.app.db.execute(
            f"{damage} where {column} = (select sequence from event where trial = ? and kind = 'changed')",
            [nct(records[0])],
        )
    watching.app.deliver()
    watching.app.deliver()
    plain, other = sorted(watching.rung(), key=lambda alert: alert["trial"] != nct(records[0]))
    assert (plain["event"], plain["trial"], plain["severity"]) == (kind, nct(records[0]), "critical")
    assert plain["headline"] == "something happened that could not be put into words"
    assert "Supply" not in str(plain) and "SUSPENDED" not in str(plain)
    assert (plain["url"] is not None) == (kind is not None)
    assert other["trial"] == nct(records[1]) and "Supply ran out" in other["headline"]
    logged = capsys.readouterr()
    assert (logged.out + logged.err).count("Traceback") == 1
    assert watching.count("select count(*) from delivery where state = 'sent'") == 2


def test_what_was_booked_says_its_trial_and_its_place(watching, records):
    """By these two the outbox keeps what concerns one trial together and in order."""
    watching.registry.publish("2026-11-23", [suspended(records[0])])
    watching.poll()
    watching.registry.publish("2026-11-24", [records[0], suspended(records[1])])
    watching.poll()
    rows = watching.app.db.execute(
        "select d.thread, d.position, m.thread, m.position from delivery d"
        " join message m on m.number = d.message order by d.id"
    ).fetchall()
    trials = [nct(records[0]), nct(records[0]), nct(records[1])]
    assert sorted(row[0] for row in rows) == sorted(f"ctgov:{trial}" for trial in trials)
    assert [row[2] for row in rows] == [row[0] for row in rows]
    orders = [row[1] for row in rows]
    assert orders == sorted(set(orders)) and orders == [row[3] for row in rows]


class Overlapping(Refusing):
    """While it sends, another thread delivers too."""

    def __init__(self, app) -> None:
        super().__init__()
        self.app = app
        self.order: list[str] = []
        self.other: threading.Thread | None = None
        self.inside = threading.Event()

    @property
    def reconcile_after(self):
        # A drain asks this as it takes over what a dead sender left: the other has no business here.
        if threading.current_thread() is self.other:
            self.order.append("the other begins")
            self.inside.set()
        return None

    def send(self, message: Message, placement: Placement) -> Outcome:
        if self.other is None:
            self.order.append("sends")
            self.other = threading.Thread(target=self.deliver)
            self.other.start()
            self.inside.wait(0.3)  # what must not come
            self.order.append("has sent")
        self.heard.append(message)
        return Outcome(result=Result.SENT)

    def deliver(self) -> None:
        self.app.deliver()
        self.app.close_thread()


def test_two_threads_do_not_deliver_to_one_notifier_at_once(watching, records):
    """The second would take the first one's attempt for a dead sender's."""
    channel = Overlapping(watching.app)
    watching.app.notifiers = {"log": channel}
    watching.registry.publish("2026-11-23", [suspended(records[0])])
    watching.poll()
    channel.other.join(30)
    assert channel.order == ["sends", "has sent"]  # the other waited, and found nothing to be told
    assert len(channel.heard) == 1
    assert watching.count("select count(*) from message where state = 'sent' and unsure = 0") == 1
