"""How current a page is: the standing line, the state of the service, when a trial was last confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doubles.asking import Asking, asking
from doubles.web_history import NOW, RECORD, TRIAL, History

from monitor import watches
from monitor.diagnosis import health_of
from monitor.health import Health
from monitor.watches import Definition

AT = f"/trials/ctgov/{TRIAL}"
HOUR = timedelta(hours=1)
POLLED = datetime(2026, 11, 24, 11, tzinfo=UTC)


class Watched(History):
    """A history with a watch, as polls leave it."""

    def watch(self, *, build: str | None = None, error: str | None = None, holds: str | None = None) -> None:
        with self.writing() as (db, _):
            row = watches.add(db, "MSC exosomes", Definition(registry="ctgov", ids=(TRIAL,)), now=NOW).row
            db.execute(
                "update watch set finished = ?, finished_at = ?, tried_at = ?, error = ? where id = ?",
                [build, POLLED.isoformat() if build else None, POLLED.isoformat(), error, row],
            )
            db.execute(
                "insert into poll (registry, started_at, build, outcome, error) values ('ctgov', ?, ?, ?, ?)",
                [
                    POLLED.isoformat(),
                    build[:10] if build else None,
                    "complete" if build else "incomplete",
                    error,
                ],
            )
            if holds:
                db.execute(
                    "insert into member (watch, trial, state, since) values (?, ?, 'in', '')", [row, holds]
                )

    def health(self, *, polling: bool, now: datetime = NOW) -> Health:
        db = self.open()
        try:
            return health_of(db, after=lambda at: at + HOUR, every=HOUR, now=now, polling=polling)
        finally:
            db.close()

    @contextmanager
    def browse(self, *, polling: bool = False, now: datetime = NOW) -> Iterator[Asking]:
        def health() -> Health:
            return self.health(polling=polling, now=now)

        with asking(self.app(health=health, now=lambda: now)) as asked:
            yield asked


@pytest.fixture
def history(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "history.db")


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main")]).split())


def test_the_front_page_says_the_last_poll_and_that_all_is_well(history: Watched) -> None:
    history.fill()
    history.watch(build="2026-11-24T09:00:06", holds=TRIAL)
    with history.browse(polling=True) as browse:
        said = words(browse.get("/").text)
    assert "Last poll 2026-11-24 11:00 UTC , data build of 2026-11-24." in said
    assert "All is well; the next poll is due 2026-11-24 12:00 UTC" in said


def test_pages_without_a_service_say_so_without_alarm(history: Watched) -> None:
    history.fill()
    history.watch(build="2026-11-24T09:00:06", holds=TRIAL)
    with history.browse(now=NOW + timedelta(days=3)) as browse:
        front, state = browse.get("/").text, browse.get("/health").text
        assert browse.get("/healthz").status == 503, "to a machine that is what it was"
    assert "No service is running here" in front
    assert "No service is running" in state
    for text in (front, state):
        assert "trouble" not in words(text).replace("without trouble", "")
        assert 'href="/health"' in text


def test_a_trouble_is_said_on_the_front_page_and_on_that_of_the_state(history: Watched) -> None:
    history.fill()
    history.watch(error="the registry answers 403: `Forbidden`")
    for polling in (True, False):
        with history.browse(polling=polling) as browse:
            assert "403: Forbidden" in words(browse.get("/").text)
            assert "403: Forbidden" in words(browse.get("/health").text)


def test_a_state_that_cannot_be_had_is_a_trouble_and_not_the_end(history: Watched) -> None:
    def broken() -> Health:
        raise OSError("no such disk")

    with asking(history.fill().app(health=broken)) as browse:
        assert "no such disk" in browse.get("/").text
        assert browse.get("/health").status == 200


def test_a_watch_whose_first_poll_failed_is_no_empty_watch_list(history: Watched) -> None:
    with history.browse() as browse:
        assert "Nothing is watched yet" in browse.get("/").text
    history.watch(error="the registry could not be reached")
    with history.browse() as browse:
        said = words(browse.get("/").text)
    assert "Nothing is watched yet" not in said
    assert "1 watch, not polled yet" in said
    assert "the registry could not be reached" in said


def test_a_trial_says_when_it_was_last_confirmed(history: Watched) -> None:
    history.fill()
    history.watch(build="2026-11-24T09:00:06", holds=TRIAL)
    with history.browse() as browse:
        text = browse.get(AT).text
        newest, older = browse.get(f"{AT}/versions/5").text, browse.get(f"{AT}/versions/4").text
    assert "First seen in the data build of 2026-11-17; as it stands here, in that of 2026-11-23." in text
    assert "Last confirmed in the build of 2026-11-24." in text
    assert "last confirmed in the build of 2026-11-24" in newest
    assert "superseded by version 5 of 2026-11-23" in older


@pytest.mark.parametrize(
    "statement",
    [
        "update member set state = 'left'",
        "insert into absence (registry, trial, build) select 'ctgov', trial, 'x' from member",
        "insert into staged (registry, trial, subject, record) select 'ctgov', trial, 'x', 1 from member",
        "update watch set finished = null",
    ],
)
def test_a_sweep_that_did_not_find_it_as_stored_confirms_nothing(history: Watched, statement: str) -> None:
    history.fill()
    history.watch(build="2026-11-24T09:00:06", holds=TRIAL)
    with history.writing() as (db, _):
        db.execute(statement)
    with history.browse() as browse:
        assert "Last confirmed in the build of 2026-11-23." in browse.get(AT).text


def test_a_status_that_was_there_at_first_sight_has_no_known_beginning(history: Watched) -> None:
    history.snapshot(RECORD, "2026-11-17")
    with history.browse() as browse:
        text = browse.get(AT).text
    assert "Recruiting when first seen (build of 2026-11-17); since when is not stored" in text
    assert f"https://clinicaltrials.gov/study/{TRIAL}?tab=history" in text


def test_a_day_that_has_not_come_is_refused(history: Watched) -> None:
    history.fill()
    with history.browse() as browse:
        answer = browse.get(f"{AT}/on/2026-11-25")
        assert answer.status == 404
        assert "2026-11-24" in answer.text
        assert 'value="2026-11-24" max="2026-11-24"' in browse.get(AT).text
    history.watch(build="2026-11-26T09:00:06", holds=TRIAL)  # a build may be ahead of this clock
    with history.browse() as browse:
        assert browse.get(f"{AT}/on/2026-11-25").status == 200
        assert 'value="2026-11-26" max="2026-11-26"' in browse.get(AT).text
