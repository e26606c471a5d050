"""A small history in a real database, for the pages: a trial of five snapshots and three archived."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from starlette.applications import Starlette

from monitor import watches
from monitor.database import open_for_reading, open_for_writing
from monitor.health import Health
from monitor.watches import Definition
from monitor.web.app import create_app
from monitor.web.question import Present, unchanged
from monitor.web.setting import Effective
from snapshots.changes import compare
from snapshots.changeset import Severity
from snapshots.database import immediate
from snapshots.event import Event, EventKind, changed_event
from snapshots.query import Reader
from snapshots.search.index import catch_up
from snapshots.store import Store

TRIAL = "NCT07146087"
OTHER = "NCT90000001"  # stored by `beside` alone
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STAFF = ("Andrei Peskau", "Paula Contact", "Quentin Site", "+48 22 000 00 00", "paula@biocells.example")
DAYS = ("2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-23")

RECORD: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": TRIAL,
            "orgStudyIdInfo": {"id": "Bio120002"},
            "organization": {"fullName": "Biocells Medical", "class": "INDUSTRY"},
            "briefTitle": "Allogeneic exosomes in progressive multiple sclerosis",
        },
        "statusModule": {
            "overallStatus": "RECRUITING",
            "startDateStruct": {"date": "2020-07-01", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2027-06", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2027-12-31", "type": "ESTIMATED"},
            "lastUpdateSubmitDate": "2025-08-27",
            "lastUpdatePostDateStruct": {"date": "2025-08-28", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {
            "responsibleParty": {
                "type": "PRINCIPAL_INVESTIGATOR",
                "investigatorFullName": "Andrei Peskau",
                "investigatorTitle": "Head of things",
                "investigatorAffiliation": "Biocells Medical",
            },
            "leadSponsor": {"name": "Biocells Medical", "class": "INDUSTRY"},
        },
        "descriptionModule": {"briefSummary": "A summary. Write to paula@biocells.example about it."},
        "conditionsModule": {"conditions": ["Multiple Sclerosis"], "keywords": ["COVID", "exosomes"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["EARLY_PHASE1"],
            "designInfo": {"allocation": "RANDOMIZED", "maskingInfo": {"masking": "NONE"}},
            "enrollmentInfo": {"count": 20, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "armGroups": [{"label": "Exosomes", "type": "EXPERIMENTAL", "description": "* one\n* two"}],
            "interventions": [{"type": "BIOLOGICAL", "name": "Exosomes", "armGroupLabels": ["Exosomes"]}],
        },
        "outcomesModule": {"primaryOutcomes": [{"measure": "Change in EDSS", "timeFrame": "48 weeks"}]},
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* EDSS 3.0 to 6.5\n* Age \\>= 18\n\n"
            "Exclusion Criteria:\n\n1. A relapse within 3 months",
            "sex": "ALL",
            "minimumAge": "18 Years",
        },
        "contactsLocationsModule": {
            "centralContacts": [
                {"name": "Paula Contact", "phone": "+48 22 000 00 00", "email": "paula@biocells.example"}
            ],
            "overallOfficials": [
                {"name": "Andrei Peskau", "affiliation": "Biocells", "role": "PRINCIPAL_INVESTIGATOR"}
            ],
            "locations": [
                {
                    "facility": "Biocells Medical",
                    "status": "RECRUITING",
                    "city": "Warsaw",
                    "country": "Poland",
                    "contacts": [{"name": "Quentin Site", "phone": "+48 22 000 00 00"}],
                }
            ],
        },
        "referencesModule": {
            "references": [{"pmid": "31415926", "type": "BACKGROUND", "citation": "Somebody. A paper."}],
            "seeAlsoLinks": [
                {"label": "Good", "url": "https://example.org/a?b=c"},
                {"label": "Bad", "url": "javascript:alert(1)"},
            ],
        },
        "somethingNewModule": {"novelty": "a field nobody knows yet"},
    },
    "derivedSection": {
        "conditionBrowseModule": {"meshes": [{"id": "D009103", "term": "Multiple Sclerosis"}]}
    },
    "hasResults": False,
}


def versions() -> list[dict[str, Any]]:
    """Baseline; noise; noise; fewer people and other criteria; suspended."""
    first = copy.deepcopy(RECORD)
    second = copy.deepcopy(first)
    second["derivedSection"]["conditionBrowseModule"]["meshes"].append({"id": "D1", "term": "Sclerosis"})
    third = copy.deepcopy(second)
    third["derivedSection"]["conditionBrowseModule"]["meshes"].append({"id": "D2", "term": "Disease"})
    fourth = copy.deepcopy(third)
    fourth["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = 12
    criteria = fourth["protocolSection"]["eligibilityModule"]
    criteria["eligibilityCriteria"] = criteria["eligibilityCriteria"].replace("3 months", "6 months")
    fifth = copy.deepcopy(fourth)
    fifth["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"
    fifth["protocolSection"]["statusModule"]["whyStopped"] = "Supply of the product was interrupted"
    fifth["protocolSection"]["contactsLocationsModule"]["centralContacts"][0]["name"] = "Rosa Newcomer"
    made = [first, second, third, fourth, fifth]
    for record, day in zip(made, DAYS, strict=True):
        record["derivedSection"]["miscInfoModule"] = {"versionHolder": day}
    return made


_made: dict[str, bytes] = {}  # name → the file


class History:
    """The database, and what tests put into it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists():  # maybe of an older release
            open_for_writing(path).close()
        else:
            self._made("empty", lambda: open_for_writing(path).close())

    @contextmanager
    def writing(self) -> Iterator[tuple[Database, Store]]:
        with closing(open_for_writing(self.path)) as db, immediate(db):
            yield db, Store(db)

    def open(self) -> Database:
        return open_for_reading(self.path)

    def snapshot(
        self, record: dict[str, Any], day: str, *, watches: tuple[str, ...] = ("MSC exosomes",)
    ) -> None:
        """Store what a poll of that day's build found, with its event."""
        seen_at = datetime.fromisoformat(f"{day}T09:12:44+00:00")
        with self.writing() as (db, store):
            added = store.add_snapshot("ctgov", record, seen_at=seen_at, build=day, fingerprint=None)
            if not added.new or added.previous is None:
                return
            trial = record["protocolSection"]["identificationModule"]["nctId"]
            assert added.previous.version is not None
            before = Reader(db).record("ctgov", trial, added.previous.source, added.previous.version)
            changes = compare(before, record, from_=added.previous, to=added.ref)
            url = f"https://clinicaltrials.gov/study/{trial}"
            store.add_event(changed_event(changes, at=seen_at, url=url, watches=watches))

    def watch(
        self,
        name: str,
        trials: Sequence[str] = (),
        *,
        query: dict[str, str] | None = None,
        build: str = DAYS[-1],
    ) -> None:
        """A watch of ids, or of a query, that holds these trials since a sweep of that day's build."""
        definition = Definition(
            registry="ctgov",
            ids=tuple(trials) if query is None else None,
            query=None if query is None else tuple(query.items()),
        )
        with self.writing() as (db, _):
            row = watches.add(db, name, definition, now=NOW).row
            db.execute(
                "update watch set baseline = 0, finished = ?1, finished_at = ?2, tried_at = ?2 where id = ?3",
                [build, f"{build}T09:12:44Z", row],
            )
            db.conn.executemany(
                "insert into member values (?, ?, 'in', ?)",
                [(row, trial, f"{build}T09:12:44Z") for trial in trials],
            )

    def archive(self, record: dict[str, Any], number: int, submitted: str) -> None:
        with self.writing() as (_, store):
            trial = record["protocolSection"]["identificationModule"]["nctId"]
            store.add_archived("ctgov", trial, record, number=number, submitted=submitted, seen_at=NOW)

    def event(self, kind: EventKind, day: str, headline: str, severity: Severity, **more: Any) -> None:
        with self.writing() as (_, store):
            store.add_event(
                Event(
                    id=f"ctgov:{TRIAL}:{kind}:{day}",
                    kind=kind,
                    registry="ctgov",
                    trial=TRIAL,
                    title="A title",
                    url=None,
                    severity=severity,
                    headline=headline,
                    at=datetime.fromisoformat(f"{day}T10:00:00+00:00"),
                    build=day,
                    **more,
                )
            )

    def fill(self) -> History:
        """Five versions and three of the registry's own."""
        written = Path(f"{self.path}-wal").exists()  # by a connection that is still open
        if not written and self.path.read_bytes() == _made.get("empty"):
            self._made("filled", self._fill)
        else:
            self._fill()
        return self

    def _made(self, name: str, make: Callable[[], object]) -> None:
        """Made once a process and copied: most tests begin with it."""
        if name in _made:
            self.path.write_bytes(_made[name])
        else:
            make()
            _made[name] = self.path.read_bytes()

    def _fill(self) -> History:
        for record, day in zip(versions(), DAYS, strict=True):
            self.snapshot(record, day)
        for number, (day, count) in enumerate((("2025-01-10", 8), ("2025-03-10", 10), ("2025-05-02", 16)), 1):
            record = copy.deepcopy(RECORD)
            record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = count
            self.archive(record, number, day)
        return self.indexed()

    def indexed(self) -> History:
        """With the words of all that is stored, as a poll leaves them at its end."""
        with closing(open_for_writing(self.path)) as db:
            catch_up(db)
        return self

    def watched(self) -> History:
        """By the watch that its events were told for."""
        self.watch("MSC exosomes", [TRIAL])
        return self

    def beside(self, record: dict[str, Any] = RECORD) -> History:
        """Another trial, to be compared with the first."""
        other = copy.deepcopy(record)
        protocol = other["protocolSection"]
        protocol["identificationModule"]["nctId"] = OTHER
        protocol["designModule"]["enrollmentInfo"]["count"] = 60
        self.snapshot(other, DAYS[0])
        return self

    def app(
        self,
        *,
        health: Callable[[], Health] = lambda: Health(ok=True),
        effective: Effective = unchanged,
        overridden: bool = False,
        **more: Any,
    ) -> Starlette:
        present = Present(look=lambda db, now: health(), effective=effective, overridden=overridden)
        values: dict[str, Any] = {
            "database": self.open,
            "present": lambda: present,
            "now": lambda: NOW,
            "public_url": None,
            "allowed_hosts": ("127.0.0.1", "localhost"),
            **more,
        }
        return create_app(**values)
