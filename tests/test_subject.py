"""Where a route looks for what an event does not carry: sites by version, steps by the archive; and where a change of
sites happened, as the change engine tells it."""

from __future__ import annotations

import copy
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.pasts import with_pasts
from doubles.registry_data import real_versions
from doubles.small_records import raw, small_record
from doubles.watching import Watching, ids_watch

from monitor.alerting.router import Router
from monitor.alerting.subject import Stored
from monitor.config import read
from monitor.database import open_for_writing
from snapshots.changes import compare
from snapshots.changeset import FieldChange, Severity, Source, VersionRef
from snapshots.country_names import country
from snapshots.database import immediate
from snapshots.event import Event, changed_event
from snapshots.facts import facts
from snapshots.places import SITES, places_of
from snapshots.query import Reader
from snapshots.record import parse
from snapshots.store import Store

NOW = datetime(2026, 11, 20, 9, 20, tzinfo=UTC)
TRIAL = "NCT00000001"


def with_sites(record: dict[str, Any], *sites: tuple[str, str, str | None]) -> dict[str, Any]:
    """sites: facility, country, status."""
    new = copy.deepcopy(record)
    new["protocolSection"]["contactsLocationsModule"]["locations"] = [
        {"facility": facility, "city": "A City", "country": country}
        | ({} if status is None else {"status": status})
        for facility, country, status in sites
    ]
    return new


def stored(db: Any, *records: dict[str, Any]) -> list[Event]:
    """The events between versions stored one after the other."""
    store, events, before = Store(db), [], None
    for number, record in enumerate(records, 1):
        with immediate(db):
            added = store.add_snapshot(
                "ctgov", parse(raw(record)), seen_at=NOW, build=f"2026-11-{number:02}", fingerprint=None
            )
            if before is not None:
                changes = compare(before[0], record, registry="ctgov", from_=before[1], to=added.ref, past=())
                event = changed_event(changes, at=NOW, url=None, watches=("w",))
                assert store.add_event(event) is not None
                events.append(event)
        before = (record, added.ref)
    return events


def test_sites_are_those_of_the_events_own_version(tmp_path: Path) -> None:
    plain = small_record(TRIAL)
    versions = [
        with_sites(plain, ("One", "France", None)),
        with_sites(small_record(TRIAL, status="SUSPENDED"), ("One", "France", None), ("Two", "Poland", None)),
        with_sites(small_record(TRIAL, status="COMPLETED"), ("Three", "Czech Republic", None)),
    ]
    with closing(open_for_writing(tmp_path / "t.db")) as db:
        older, newer = stored(db, *versions)
        reader = Reader(db)
        assert Stored(reader, older).countries == ("France", "Poland")
        assert Stored(reader, newer).countries == ("Czech Republic",)
        config = '[notifiers.log]\ntype = "jsonl"\npath = "a"\n[[route]]\nto = ["log"]\nfields = ["overall-status"]\n'
        router = Router(read(f'{config}countries = ["PL"]\n', tmp_path / "config.toml"), db)
        # Of the newer one too: there were sites in Poland until then.
        assert [router.decide(event)[0].send for event in (older, newer)] == [True, True]
        router = Router(read(f'{config}countries = ["CZ"]\n', tmp_path / "config.toml"), db)
        assert [router.decide(event)[0].reason for event in (older, newer)] == [
            "no site in Czechia: it has sites in France and Poland",
            "major, changed: overall-status, with sites in Czechia",
        ]
        # A version that is damaged is answered by the newest: better that than nobody told.
        with immediate(db):
            db.execute("update ledger set sha256 = x'00' where number = 2")
        assert Stored(reader, older).countries == ("Czech Republic",)


def test_steps_are_read_from_the_archive(tmp_path: Path, clock: Any) -> None:
    """Suspended and recruiting again between two polls: nothing of it is in the two snapshots."""

    def version(day: str, status: str) -> dict[str, Any]:
        return with_sites(small_record(TRIAL, status=status, submitted=day), ("One", "France", status))

    line = [
        version("2026-11-01", "RECRUITING"),
        version("2026-11-16", "SUSPENDED"),
        version("2026-11-18", "RECRUITING"),
    ]
    with LoopbackRegistry([line[0]], day="2026-11-20") as registry:
        route = '[[route]]\nto = ["log"]\nstatus_before = ["recruiting"]\nstatus_after = ["suspended"]\n'
        watching = Watching(tmp_path, registry, ids_watch("w", TRIAL) + route, history=True, clock=clock)
        watching.poll()
        with_pasts(registry, line)
        registry.publish("2026-11-23", [line[-1]])
        watching.poll()
        assert [alert["status"] for alert in watching.rung()] == ["RECRUITING"]
        watching.close()


REF = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)


def site_changes(old: dict[str, Any], new: dict[str, Any]) -> list[FieldChange]:
    found = compare(old, new, registry="ctgov", from_=REF, to=REF, past=()).changes
    return [one for one in found if one.field == SITES]


@pytest.mark.parametrize("many", [1, 20])
def test_the_engine_says_where(many: int) -> None:
    """One by one, and past a dozen a country at a time."""
    plain = with_sites(small_record(TRIAL), ("One", "France", "RECRUITING"), ("Two", "Spain", "RECRUITING"))
    more = [(f"Hospital {number}", "Turkey (Türkiye)", "RECRUITING") for number in range(many)]
    new = with_sites(plain, ("One", "France", "RECRUITING"), ("Two", "Spain", "WITHDRAWN"), *more)
    places = [places_of(one) for one in site_changes(plain, new)]
    assert set(places) == {("Turkey",), ("Spain",)}
    assert {places_of(one) for one in site_changes(new, plain)} == {("Turkey",), ("Spain",)}


def test_what_follows_the_study_is_of_the_whole_study() -> None:
    def study(status: str) -> dict[str, Any]:
        sites = [(f"Hospital {number}", "Poland", status) for number in range(3)]
        return with_sites(small_record(TRIAL, status=status), *sites)

    (one,) = site_changes(study("RECRUITING"), study("COMPLETED"))
    assert one.item == "3 sites" and places_of(one) is None


def test_real_changes_of_sites_are_placed_where_their_records_have_sites() -> None:
    newest: dict[str, dict[str, Any]] = {}
    placed = 0
    for row in real_versions():
        old, new = newest.get(row["nctId"]), row["study"]
        newest[row["nctId"]] = new
        if old is None or _sites(old) == _sites(new):
            continue
        theirs = {country(name) or name for side in (old, new) for name in facts(side).countries}
        for one in site_changes(old, new):
            places = places_of(one)
            if one.severity is Severity.NOISE:
                continue
            if places is None:  # with the whole study
                assert one.item is not None and one.item.endswith((" site", " sites")), one
            else:
                placed += 1
                assert set(places) <= theirs, one
    assert placed > 50


def _sites(record: dict[str, Any]) -> Any:
    return record["protocolSection"].get("contactsLocationsModule", {}).get("locations")
