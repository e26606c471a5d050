"""Reading while the file changes: one state a page, and never a file that is no longer there."""

from __future__ import annotations

import asyncio
import copy
import shutil
from pathlib import Path

from doubles.asking import asking
from doubles.web_history import RECORD, TRIAL, History, versions

from monitor.web.lanes import Lanes
from snapshots.changeset import Source
from snapshots.query import Reader

AT = f"/trials/ctgov/{TRIAL}"


def later(count: int) -> dict[str, object]:
    record = versions()[-1]
    record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = count
    return record


def test_a_page_reads_one_state_while_a_poll_writes(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db").fill()

    def twice(reader: Reader) -> tuple[int, int, object]:
        before = reader.versions("ctgov", TRIAL)
        history.snapshot(later(900), "2026-11-24")
        newest = reader.record("ctgov", TRIAL, Source.SNAPSHOT, 5)
        return len(before), len(reader.versions("ctgov", TRIAL)), newest

    async def read() -> tuple[int, int, object]:
        lanes = Lanes(history.open)
        try:
            return await lanes.run(twice)
        finally:
            lanes.close()

    assert asyncio.run(read()) == (8, 8, versions()[-1])
    with asking(history.app()) as browse:
        assert f'{AT}/versions/6"' in browse.get(AT).text, "the next page sees it"


def test_a_copy_put_in_the_files_place_is_what_the_next_page_shows(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db").fill()
    copied = tmp_path / "copy.db"
    shutil.copy(history.path, copied)
    restored = History(copied)
    restored.snapshot(later(901), "2026-11-24")
    with asking(history.app()) as browse:
        assert f'{AT}/versions/6"' not in browse.get(AT).text
        copied.replace(history.path)
        assert f'{AT}/versions/6"' in browse.get(AT).text


def test_a_file_that_was_taken_away_is_not_shown_from_memory(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db").fill()
    with asking(history.app()) as browse:
        assert browse.get(AT).status == 200
        history.path.unlink()
        answer = browse.get(AT)
        assert answer.status == 503
        assert "There is no history yet" in answer.text
        assert browse.get("/healthz").status == 503


def test_a_database_that_a_newer_program_has_changed_is_not_read_on(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db").fill()
    with asking(history.app()) as browse:
        assert browse.get(AT).status == 200
        with history.writing() as (db, _):
            db.execute("create table invention (a integer) strict")
            db.execute(
                "insert into _sqlite_migrations (migration_set, name, applied_at)"
                " select migration_set, 'm9999_invention', applied_at from _sqlite_migrations limit 1"
            )
        answer = browse.get(AT)
        assert answer.status == 503
        assert "newer" in answer.text


def test_a_record_of_hundreds_of_sites_is_a_bounded_page(tmp_path: Path) -> None:
    record = copy.deepcopy(RECORD)
    site = record["protocolSection"]["contactsLocationsModule"]["locations"][0]
    record["protocolSection"]["contactsLocationsModule"]["locations"] = [
        {**site, "facility": f"Clinic {number}"} for number in range(2_000)
    ]
    history = History(tmp_path / "history.db")
    history.snapshot(record, "2026-11-17")
    with asking(history.app()) as browse:
        text = browse.get(f"{AT}/versions/1").text
    assert text.count("Clinic ") == 500
    assert "1,500 more are in the JSON of the record" in text
    assert len(text) < 600_000
