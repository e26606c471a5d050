"""The same real month fed daily, weekly with the history on, and all at once by backfill: the same is said of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime

import pytest
from conftest import SetClock
from doubles.ctgov import LoopbackRegistry
from doubles.registry_data import real_versions
from doubles.watching import Watching, ids_watch

from monitor.past import backlog
from snapshots.changeset import Severity, Source
from snapshots.markup import normal_text

pytestmark = pytest.mark.registry_data


# What changed without a submission is in no version of the archive: (trial, build) → its fields.
OTHERS = {
    ("NCT04457778", "2026-02-11"): {"results-submission"},  # with the registry's quality control, and back
    ("NCT04457778", "2026-03-03"): {"results-submission"},
    ("NCT05009069", "2026-02-27"): {"references"},  # publications that the registry found by itself
    ("NCT05063149", "2026-03-09"): {"references"},
    ("NCT05294952", "2026-03-02"): {"overall-status", "last-known-status"},  # UNKNOWN, by the clock
    ("NCT05915702", "2023-06-29"): {"derived"},  # terms that the registry gives
    ("NCT05915728", "2023-06-29"): {"derived"},
    ("NCT05923112", "2023-06-29"): {"derived", "first-posted", "last-update-posted"},  # posted: the day came
    ("NCT06478927", "2026-04-29"): {"derived"},
    ("NCT06479759", "2026-02-11"): {"derived", "locations"},  # noise: how sites are written
    ("NCT06825494", "2026-03-13"): {"locations"},
}


def submitted(record):
    return record["protocolSection"]["statusModule"].get("lastUpdateSubmitDate", "")


def identity(record):
    """A record without the one value that is no part of it."""
    derived = record["derivedSection"]
    misc = {key: value for key, value in derived["miscInfoModule"].items() if key != "versionHolder"}
    return record | {"derivedSection": derived | {"miscInfoModule": misc}}


class Month:
    """The trials of which anything changed, build by build, and the archive that their submissions make."""

    def __init__(self) -> None:
        lines = defaultdict(list)
        for row in real_versions():
            line = lines[row["nctId"]]
            if not line or identity(line[-1][1]) != identity(row["study"]):
                line.append((row["date"], row["study"]))
        self.lines = {trial: line for trial, line in lines.items() if len(line) > 1}
        self.days = sorted({day for line in self.lines.values() for day, _ in line})
        # Where each trial's history begins for us, the same in all ways.
        self.begins = {line[0][0] for line in self.lines.values()}

    def publish(self, registry, day, after):
        """What changed after one build and up to another, with one archive version for each submission."""
        fresh = {}
        for trial, line in self.lines.items():
            for build, record in line:
                if after < build <= day:
                    fresh[trial] = record
        registry.publish(day, list(fresh.values()))
        for trial in fresh:
            archive = {}
            for build, record in self.lines[trial]:
                if build <= day:
                    archive.setdefault(submitted(record), record)  # as it was first published
            registry.archive.replace(trial, archive.items())


@pytest.fixture(scope="module")
def month():
    return Month()


def fed(month, folder, days, *, history=False, backfill=False):
    """What was said: (trial, day of submission) → its news; the others, (trial, build) → their fields; and how many
    of them the archive tells."""
    folder.mkdir()
    clock = SetClock(datetime(2026, 11, 20, 9, 20, tzinfo=UTC))
    with LoopbackRegistry([], day="2023-06-01") as registry:
        watching = Watching(folder, registry, ids_watch("all", *month.lines), clock=clock, history=history)
        before = ""
        for day in days:
            month.publish(registry, day, before)
            assert watching.poll().outcome == "complete"
            before = day
        watching.rung()
        if backfill:
            backlog.ask(watching.app.db, "ctgov", month.lines, now=clock())
            while backlog.waits(watching.app.db, "ctgov"):
                watching.app.backfill()
            watching.app.deliver()
            assert watching.rung() == []
        found = said(watching, month)
        watching.close()
    return found


def said(watching, month):
    reader = watching.app.reader()
    sent_in, others, archived = {}, {}, 0
    for trial in month.lines:
        days = {(one.ref.source, one.ref.version): one.submitted for one in reader.versions("ctgov", trial)}
        for _, event in reader.events(trial=trial, min_severity=Severity.NOISE, limit=500):
            if event.kind != "changed" or event.steps:
                continue  # its steps are the archive's own events
            sides = [days[event.from_.source, event.from_.version], days[event.to.source, event.to.version]]
            if sides[0] == sides[1]:
                others[trial, event.build] = {one.field for one in event.changes} - {"data-build"}
                continue
            archived += event.to.source is Source.ARCHIVE
            news = sorted(
                (
                    *(one.field, one.action, one.severity.value, one.summary),
                    *(plain(one.item), plain(one.before), plain(one.after)),
                )
                for one in event.changes
                if one.severity is not Severity.NOISE
            )
            if news:
                sent_in[trial, sides[1]] = [event.headline, event.severity.value, *sorted(event.tags), *news]
    return sent_in, others, archived


def plain(value):
    """Of a text, what is said by it: the archive's own setting is another, and no change."""
    return normal_text(value) if isinstance(value, str) else repr(value)


@pytest.fixture(scope="module")
def daily(month, tmp_path_factory):
    return fed(month, tmp_path_factory.mktemp("month") / "daily", month.days)


def test_what_no_submission_carries_is_named(daily):
    sent_in, others, archived = daily
    assert len(sent_in) == 37
    assert archived == 0
    assert others == OTHERS  # 11 of 53


def test_weekly_with_the_history_on(month, daily, tmp_path):
    last = {date.fromisoformat(day).isocalendar()[:2]: day for day in month.days}
    sent_in, _, archived = fed(
        month, tmp_path / "weekly", sorted(month.begins | set(last.values())), history=True
    )
    assert sent_in == daily[0]
    assert archived == 4


def test_at_the_end_of_the_month_with_the_history_on(month, daily, tmp_path):
    """So that there is something between two polls of more trials than a week shows."""
    sent_in, _, archived = fed(
        month, tmp_path / "month", sorted(month.begins | {month.days[-1]}), history=True
    )
    assert sent_in == daily[0]
    assert archived == 8


def test_all_at_once_by_backfill(month, daily, tmp_path):
    sent_in, others, archived = fed(month, tmp_path / "past", month.days[-1:], backfill=True)
    assert sent_in == daily[0]
    assert others == {}
    assert archived == 42  # five of them hold nothing but noise
