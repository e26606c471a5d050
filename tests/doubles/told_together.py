"""Messages of all but a single change set: kinds of events, several of one trial, summaries, digests, notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import msgspec
from doubles.ctgov import LoopbackRegistry
from doubles.deadline_records import timed
from doubles.plain_edits import nct, recruiting, with_status
from doubles.told_channel import Told as Heard
from doubles.told_messages import NOW, OURS, alert, event_of, others, version
from doubles.watching import Watching
from test_changes_cases import CASES
from test_undone import read, status

from monitor.alerting import alerts, summaries
from monitor.alerting.summaries import Told
from monitor.operating import all_well, conditions
from monitor.operating.conditions import Condition
from notifiers.message import Level, Message
from notifiers.notifier import Placement
from snapshots.changeset import Severity
from snapshots.deadlines.rules import all_states
from snapshots.deadlines.states import SEVERITIES
from snapshots.event import Event, EventKind, changed_event
from snapshots.steps import step_of, with_steps

BUILD = date(2026, 11, 23)


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A message, and where it is put."""

    message: Message
    placement: Placement = Placement()
    earlier: str | None = None
    parts: bool = True  # whether what goes on in the thread is shown too


TITLES = (
    "Larkovimab in Primary Progressive Multiple Sclerosis",
    "Home Exercise Guided by Video in Relapsing Multiple Sclerosis",
    "Velumab Plus Standard Chemotherapy in Metastatic Tumours of the Digestive Tract After Two Earlier Lines of"
    " Treatment",
    "Somniver for Chronic Insomnia",
    "A Register of Heart Failure in Rural Clinics",
    "Vaccination Against Respiratory Syncytial Virus in Older Adults Who Live in Care Homes",
    "Vitamin D and Fatigue",
    "Tavorelin Cream for Moderate Atopic Dermatitis in Adults",
)
SPONSORS = ("Norrhavn Therapeutics", "University of Elmstad", "Calder Oncology", "Merenta Biologics")


def of_case(name: str, *, number: int = 7) -> Event:
    """What a change case tells, of a trial of this number."""
    (case,) = (one for one in CASES if one.name == name)
    event = event_of(*case.pair())
    assert event is not None
    return about(event, number)


def about(event: Event, number: int) -> Event:
    trial = f"NCT9000{number:04d}"
    return replace(
        event,
        id=event.id and event.id.replace(event.trial, trial),
        trial=trial,
        title=TITLES[number % len(TITLES)],
        sponsor=SPONSORS[number % len(SPONSORS)],
        url=f"https://clinicaltrials.gov/study/{trial}",
    )


def plain_event(kind: EventKind, headline: str, severity: Severity, *, number: int = 7) -> Event:
    stopped = of_case("stop: suspended with a reason", number=number)
    return replace(
        stopped,
        id=f"ctgov:{stopped.trial}:{kind}:2026-11-23",
        kind=kind,
        severity=severity,
        headline=headline,
        from_=None,
        changes=(),
        status="RECRUITING",
        detail="NCT01730547" if kind is EventKind.MERGED else None,
    )


_KINDS = (
    (EventKind.ENTERED, "Now matches MSC exosomes", Severity.MAJOR),
    (EventKind.LEFT, "No longer matches MSC exosomes", Severity.MINOR),
    (EventKind.RETURNED, "Matches MSC exosomes again", Severity.MAJOR),
    (EventKind.GONE, "Record no longer in the registry", Severity.CRITICAL),
    (EventKind.BACK, "Record is in the registry again", Severity.MAJOR),
    (EventKind.MERGED, "Record merged into NCT01730547", Severity.MAJOR),
)
_TIMED = (
    timed(),
    timed(primary="2025-12-01", completion="2026-06-30"),
    timed(status="RECRUITING", verified="2025-10", drug=False, primary="2027-03-01", completion="2027-06-01"),
    timed(status="RECRUITING", verified="2024-11-10", completion="2026-11-01", primary=None, drug=False),
    timed(status="NOT_YET_RECRUITING", start="2026-10", drug=False, primary="2028-01", completion="2028-02"),
    timed(status="RECRUITING", primary="2026-11-10", completion="2026-11-20", drug=False),
    timed(status="COMPLETED", site="RECRUITING", drug=False),
)


def deadline_events() -> dict[str, Event]:
    """Of each state that time makes, with the sentence that it has."""
    found = {}
    for record in _TIMED:
        for state in all_states(record):
            event = plain_event(EventKind.DEADLINE, state.reason, SEVERITIES[state.state])
            found.setdefault(state.state.value, replace(event, detail=state.state.value))
    return found


@cache
def of_events() -> dict[str, Example]:
    """Each kind of event, each state that time makes; what was undone; what the registry's history has between."""
    events = {kind.value: plain_event(kind, said, weight) for kind, said, weight in _KINDS}
    events |= {f"deadline: {name}": event for name, event in deadline_events().items()}
    events["undone"] = undone()
    events["steps"] = steps()
    made = {name: Example(message=alert(event)) for name, event in events.items()}
    stopped = alert(of_case("stop: suspended with a reason"))
    made["changed"] = Example(message=stopped)
    made["possible repeat"] = Example(message=stopped, placement=Placement(possible_repeat=True))
    made["the first in its thread for a week"] = Example(
        message=stopped, earlier="https://acme.slack.com/archives/C0123456789/p1795425171000100"
    )
    made["as text alone, for Slack refused the blocks"] = Example(
        message=stopped, placement=Placement(plain=True, possible_repeat=True)
    )
    return made


def undone() -> Event:
    """Recruiting again, some days after the stop."""
    days = ("2026-11-20", "2026-11-23", "2026-11-26", "2026-11-28")
    changes = read(status("SUSPENDED", "Drug supply interrupted"), status("RECRUITING"), days=days)
    later = datetime(2026, 11, 26, 9, 12, 51, tzinfo=UTC)
    seen = replace(changes, to=replace(changes.to, seen_at=later))
    event = changed_event(
        seen, at=later, url=None, watches=("MSC exosomes",), phase="Phase 2", status="RECRUITING"
    )
    return about(event, 7)


def steps() -> Event:
    """Suspended and begun again before anybody looked, and the enrolment cut with it."""
    stop = of_case("stop: suspended with a reason")
    resumed = read(status("SUSPENDED", "Drug supply interrupted"), status("RECRUITING"))
    whole = of_case("enrolment changed by 19 %")
    return with_steps(
        whole,
        (
            step_of(stop, version=12, submitted="2026-11-17"),
            step_of(resumed, version=13, submitted="2026-11-20"),
        ),
    )


def told(*events: Event) -> list[Told]:
    return [
        Told(event=event, alert=msgspec.structs.replace(alert(event), id=f"m{number}", order=number))
        for number, event in enumerate(events, 1)
    ]


CHANGES = (
    "stop: suspended with a reason",
    "primary outcome added",
    "date: slipped 30 days",
    "enrolment changed by 19 %",
    "one primary outcome dropped and one added: replaced, in the line alone",
)


# What is critical has alerts of its own, up to a handful.
MILD = (
    "date: slipped 30 days",
    "lead sponsor",
    "enrolment changed by 19 %",
    "eligibility criteria",
    "site added",
    "phase",
)


# What has no room in an alert.
LONG = (
    "criteria: one replaced by another",
    "results posted with two primary outcomes",
    "everything changed at once",
)


def trials(count: int, *names: str) -> list[list[Told]]:
    """What some change cases tell, in turn, of so many trials; the weightiest first."""
    events = [of_case(names[number % len(names)], number=number) for number in range(count)]
    return [told(event) for event in sorted(events, key=lambda one: -one.severity.rank)]


def summary(
    listed: Sequence[Sequence[Told]], *, digest: str | None = None, why: str | None = None, id_: str = "s1"
) -> Message:
    counts = Counter(min((one.alert.level for one in each), key=list(Level).index) for each in listed)
    return summaries.of_many_trials(
        listed,
        message_id=id_,
        counts=counts,
        now=NOW,
        digest=digest,
        why=why,
        public_url=OURS,
    )


@cache
def of_groups() -> dict[str, Example]:
    """Several events of one trial, and of many."""
    stop, outcome, slip, cut, _ = (of_case(name) for name in CHANGES)
    later = replace(
        slip, build="2026-11-24", to=version(5, "2026-11-24"), at=NOW + timedelta(days=1), id="later"
    )
    third = replace(cut, build="2026-11-25", to=version(6, "2026-11-25"), at=NOW + timedelta(days=2))
    entered = plain_event(EventKind.ENTERED, "Now matches MSC exosomes", Severity.MAJOR)
    overdue = deadline_events()["results-overdue"]
    one = summaries.of_one_trial
    made = {
        "two events of a trial in one build": one(told(entered, overdue), public_url=OURS),
        "two of a trial, of two builds": one(told(stop, later), public_url=OURS),
        "four of a trial, of three builds": one(told(stop, outcome, later, third), public_url=OURS),
        "summary of 6 trials": summary(trials(6, *MILD)),
        "summary of 6 critical trials": summary(trials(6, CHANGES[0], CHANGES[1], CHANGES[4])),
        "summary of 14 trials": summary(trials(14, *MILD)),
        "summary: trials that entered a watch": summary(
            [
                told(plain_event(EventKind.ENTERED, "Now matches MSC exosomes", Severity.MAJOR, number=at))
                for at in range(7)
            ]
        ),
        "summary: trials that left": summary(
            [
                told(plain_event(EventKind.LEFT, "No longer matches MSC exosomes", Severity.MINOR, number=at))
                for at in range(6)
            ]
        ),
        "summary: what time made": summary([told(about(overdue, at)) for at in range(6)]),
        "summary: two events of each": summary([told(about(cut, at), about(overdue, at)) for at in range(6)]),
        "hourly digest": summary(trials(2, *CHANGES[2:4]), digest="Hourly"),
        "daily digest": summary(trials(5, *MILD), digest="Daily"),
        "weekly digest, of several builds": summary(
            [told(about(slip, 1), about(third, 1)), told(about(cut, 2))], digest="Weekly"
        ),
        "a channel that has rung often": summary(
            trials(4, *CHANGES[2:4]), why="more than 30 messages in an hour"
        ),
    }
    for case in LONG:
        made[f"whole in the thread: {case}"] = alert(of_case(case))
    examples = {name: Example(message=message) for name, message in made.items()}
    many = summary(trials(320, *MILD))
    examples["summary of 320 trials"] = Example(message=many, parts=False)
    return examples


@cache
def first_looks() -> tuple[Message, ...]:
    """Of a watch that asks for one, by a poll of a registry on this machine: with an id that is not there, and all."""
    published = [
        *map(recruiting, range(1, 10)),
        *(with_status(recruiting(at), "SUSPENDED") for at in (10, 11)),
    ]
    published.append(with_status(recruiting(12), "COMPLETED"))
    channel = Heard(name="team")
    watches = "".join(
        f'[[watch]]\nname = "{name}"\nbaseline = "summary"\nids = {[*map(nct, records), *more]}\n'
        for name, records, more in (
            ("MSC exosomes", published, ["NCT99999999"]),
            ("our own", published[:1], []),
        )
    )
    team = '[notifiers.team]\ntype = "slack"\ntoken = "${T}"\nchannel = "#t"\n'
    web = f'[web]\npublic_url = "{OURS}"\n'
    with TemporaryDirectory() as folder, LoopbackRegistry(published, day="2026-11-20") as registry:
        watching = Watching(Path(folder), registry, web + team + watches, channels={"team": channel})
        watching.poll()
        watching.close()
    return tuple(channel.heard)


_SINCE = datetime(2026, 11, 23, 6, 40, tzinfo=UTC)
_CONDITIONS: dict[str, Condition] = {
    "the registry fails": conditions.failing(
        "ctgov", failures=5, error="ctgov answered HTTP 503 to /api/v2/version"
    ),
    "overdue": conditions.overdue("ctgov", _SINCE),
    "held sweep": conditions.held_sweep(
        12, "ctgov: 214 of 498 records lost a section in one build, held until the next", since=_SINCE
    ),
    "a channel refuses": conditions.refusing("team", "Slack says `is_archived`", since=_SINCE),
    "given up": conditions.given_up("mail", deliveries=3, messages=1),
    "partly": conditions.partly("mail", messages=2, reason="550 5.1.1 no such user: a@example.org"),
    "a watch holds nothing": conditions.matching_nothing(3, "MSC exosomes", by_ids=False),
    "job": conditions.job("backfill", "failed 3 times, the last: disk I/O error"),
    "connection": conditions.cut_off("team", "team: Slack is not heard, buttons and commands do nothing"),
    "disk": conditions.disk_full(180_000_000),
    "ping": conditions.unheard("no answer in 10 s", since=_SINCE),
}


@cache
def of_watching() -> dict[str, Example]:
    """Of the watching itself: first looks, the line that all is well, notices to the operator, a sample."""
    made: dict[str, Message] = {}
    for name, message in zip(("first look", "first look at one trial"), first_looks(), strict=True):
        made[name] = message
    line = all_well.Line(
        since=datetime(2026, 11, 16, 8, tzinfo=UTC),
        trials=412,
        quiet=412,
        told=0,
        about=0,
        left=0,
        polls=96,
        incomplete=0,
        build="2026-11-23T09:00:06",
        problems=(),
        next_at=datetime(2026, 11, 30, 8, tzinfo=UTC),
    )
    down = (conditions.failing("ctgov", failures=5, error="HTTP 503").text, _CONDITIONS["disk"].text)
    lines = {
        "all is well, nothing changed": line,
        "all is well, something was told": msgspec.structs.replace(line, told=9, about=4, quiet=405),
        "not all is well": msgspec.structs.replace(line, problems=down, incomplete=3),
        "nothing was polled": msgspec.structs.replace(line, polls=0, build=None, problems=down[:1]),
    }
    for name, one in lines.items():
        made[name] = all_well.message_of(
            one, ZoneInfo("Europe/Berlin"), random=Random(1), public_url=OURS, now=NOW
        )
    for name, condition in _CONDITIONS.items():
        made[f"notice: {name}"] = alerts.notice(
            condition.text, message_id="n1", now=NOW, hint=condition.hint, public_url=OURS
        )
    made["notice: it is over"] = alerts.notice(
        f"Over after 2 hours: {_CONDITIONS['held sweep'].text}",
        message_id="n2",
        now=NOW,
        details=[conditions.HELD_OUTCOMES["passed"]],
        public_url=OURS,
    )
    made |= {name: message for name, message in others().items() if name in ("sample", "not put into words")}
    return {name: Example(message=message) for name, message in made.items()}
