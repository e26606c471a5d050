"""Today: what is new to this reader, by severity; the filters; and that nobody else's look changes anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doubles.asking import Answer, Asking, asking
from doubles.web_history import NOW, History, versions

from monitor.health import Health
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.today import looked
from monitor.web.today.filtering import filter_of
from monitor.web.today.sifting import sift
from snapshots.changeset import Severity
from snapshots.event import Event, EventKind


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Reader:
    """A browser that keeps the cookie it is given."""

    browse: Asking
    cookie: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def look(self, path: str = "/") -> str:
        answer = self.ask(path)
        assert answer.status == 200, answer.text
        return answer.text

    def ask(self, path: str) -> Answer:
        answer = self.browse.get(path, {"cookie": self.cookie} if self.cookie else {})
        if given := answer.headers.get("set-cookie"):
            self.cookie = given.partition(";")[0]
        return answer


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(history: History, clock: Clock) -> Iterator[Reader]:
    with asking(history.app(now=clock)) as browse:
        yield Reader(browse)


def happened(history: History, day: str, severity: Severity, text: str = "") -> None:
    history.event(EventKind.ENTERED, day, text or f"Happened on {day}.", severity)


def test_nothing_is_said_of_newness_to_a_reader_that_nothing_is_known_of(reader: Reader) -> None:
    text = reader.look()
    assert 'class="news"' not in text
    assert "looked" in reader.cookie
    assert 'Monday 23 November 2026 <span class="utc-day">UTC</span>' in text, (
        "times may stand in another zone"
    )


def test_nothing_is_said_of_newness_on_the_whole_first_visit_while_nothing_is_new(
    reader: Reader, history: History, clock: Clock
) -> None:
    reader.look()
    clock.now += timedelta(minutes=1)
    assert 'class="news"' not in reader.look()
    assert "Monday 23 November 2026" in reader.look(), "all of it stands there"
    happened(history, "2026-11-25", Severity.MAJOR)
    clock.now += timedelta(minutes=1)
    assert "<strong>1 new</strong>" in reader.look()
    clock.now += timedelta(hours=1)
    assert "Nothing new since you last looked, <time" in reader.look()


def test_what_is_new_comes_first_the_critical_before_all(
    reader: Reader, history: History, clock: Clock
) -> None:
    reader.look()
    happened(history, "2026-11-25", Severity.CRITICAL)
    happened(history, "2026-11-26", Severity.MINOR)
    clock.now += timedelta(days=3)
    text = reader.look()
    assert "<strong>2 new</strong>" in text
    assert "1 critical, 1 minor." in text
    assert "2026-11-24 12:00 UTC" in text, "when the reader looked last"
    critical, minor = text.index("Happened on 2026-11-25."), text.index("Happened on 2026-11-26.")
    assert critical < minor < text.index("Before that") < text.index("Monday 23 November 2026")
    assert text.count("Happened on") == 2, "what is new is not told again below"


def test_a_reload_within_half_an_hour_loses_nothing(reader: Reader, history: History, clock: Clock) -> None:
    reader.look()
    happened(history, "2026-11-25", Severity.MAJOR)
    clock.now += timedelta(days=1)
    for _ in range(3):
        clock.now += timedelta(minutes=29)
        assert "<strong>1 new</strong>" in reader.look()
    clock.now += timedelta(minutes=31)
    assert "Nothing new since" in reader.look()


def test_a_look_at_a_part_or_at_data_is_no_look_at_everything(
    reader: Reader, history: History, clock: Clock
) -> None:
    reader.look()
    happened(history, "2026-11-25", Severity.MAJOR)
    clock.now += timedelta(days=1)
    for path in ("/?tag=stopped", "/?before=3", "/?since=0", "/today.json", "/today.csv"):
        assert "set-cookie" not in reader.ask(path).headers, path
    assert "Nothing new that fits since" in reader.look("/?tag=stopped")
    clock.now += timedelta(days=1)
    assert "<strong>1 new</strong>" in reader.look()


def test_the_cookie_is_the_readers_own_and_of_this_database(history: History, clock: Clock) -> None:
    with asking(history.app(now=clock, public_url="https://trials.example.org/bell")) as browse:
        given = browse.get("/").headers["set-cookie"]
    assert re.search(
        r"^looked-[0-9a-f]+=[0-9-]+; Path=/bell; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$", given
    )
    with asking(history.app(now=clock)) as browse:
        answer = browse.get("/")
        assert "; Path=/; " in answer.headers["set-cookie"]
        assert "Secure" not in answer.headers["set-cookie"]
        assert answer.headers["vary"] == "Accept, Accept-Encoding, Cookie"
        assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    "text", ["", "nonsense", "9-1-9-1", "1-99999999999999-2-3", "-1-2-3-4", "5-1-2-1", "x" * 4000]
)
def test_a_cookie_that_cannot_be_understood_is_none(text: str) -> None:
    assert looked.visit_of(text, newest=8, now=NOW) is None


def test_a_clock_that_goes_back_loses_nothing() -> None:
    visit = looked.first_visit(newest=3, now=NOW)
    again = looked.visit_of(visit.text, newest=5, now=NOW - timedelta(days=2))
    assert again is not None
    assert again.since.number == 3


def test_the_same_view_without_a_cookie(reader: Reader, history: History) -> None:
    reader.look()
    happened(history, "2026-11-25", Severity.CRITICAL)
    link = re.search(r'href="(/\?since=\d+)">Link to this view', reader.look())
    assert link is not None
    anybody = Reader(reader.browse)
    assert "<strong>1 new</strong>" in anybody.look(link[1])
    data = reader.ask(link[1].replace("/?", "/today.json?")).json()
    assert [one["headline"] for one in data["items"]] == ["Happened on 2026-11-25."]
    assert len(reader.ask("/today.csv?since=2026-11-23").text.splitlines()) == 3
    assert reader.ask("/today.json?since=2026-11-24").json()["items"][0]["at"].startswith("2026-11-25")
    for bad in ("yesterday", "2026-13-01", "-1", "9" * 30):
        assert reader.ask(f"/?since={bad}").status == 400


def test_the_last_days_move_on_with_the_days(reader: Reader, history: History, clock: Clock) -> None:
    happened(history, "2026-11-25", Severity.MINOR)
    clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    for path in ("/today.json?since=7d", "/today.json?since=1w&tag="):
        assert [one["headline"] for one in reader.ask(path).json()["items"]] == ["Happened on 2026-11-25."], (
            path
        )
    text = reader.look("/?since=7d")
    assert "<strong>1 new</strong> in the last 7 days: 1 minor." in text
    assert 'href="/?since=7d" aria-current="page">Last 7 days' in text
    assert 'bookmark <a href="/?since=7d">' in text
    assert 'href="/?tag=stopped&amp;since=7d">Stopped' in text, "of the same days"
    assert 'href="/?tag=stopped&amp;since=7d">Last 7 days' in reader.look("/?tag=stopped"), (
        "of the same filter"
    )
    clock.now += timedelta(days=5)
    assert "Nothing new in the last 7 days." in reader.look("/?since=7d")
    for bad in ("0d", "7x", "99999d", "-7d"):
        assert "7d" in reader.ask(f"/?since={bad}").text
        assert reader.ask(f"/?since={bad}").status == 400
    assert "There are severity, watch," in reader.ask("/?until=2026-12-01").text, (
        "which is no misspelt `trial`"
    )


def test_many_that_are_new_are_bounded_and_none_is_lost(
    reader: Reader, history: History, clock: Clock
) -> None:
    days = [(datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=one)).date().isoformat() for one in range(75)]
    for day in days:
        happened(history, day, Severity.CRITICAL if day.endswith("-15") else Severity.MINOR)
    clock.now = datetime(2027, 4, 1, tzinfo=UTC)
    text = reader.look("/?since=2026-12-01")
    assert "<strong>75 new</strong>" in text
    assert "3 critical, 72 minor." in text
    assert text.count("<article") == 30 + 2
    assert "45 more are new" in text
    path: str | None = re.findall(r'<p class="more"><a href="([^"]+)"', text)[0].replace("&amp;", "&")
    seen: list[str] = []
    while path:
        text = reader.look(path)
        assert text.count("<article") <= 40
        seen += re.findall(r"New</p>.*?Happened on ([0-9-]+)\.", text, re.DOTALL)
        older = re.search(r'href="([^"]+)" rel="next"', text)
        path = older[1].replace("&amp;", "&") if older else None
    assert seen == days[::-1]


def test_a_filter_by_country_looks_at_the_trials_sites(reader: Reader, history: History) -> None:
    assert reader.look("/?country=pl").count("<article") == 2
    assert "Nothing matches" in reader.look("/?country=France")
    answer = reader.ask("/?country=Polnd")
    assert answer.status == 400
    assert "Poland" in answer.text


def test_a_trial_that_nothing_is_stored_about_is_no_silence(reader: Reader, history: History) -> None:
    assert reader.ask("/today.json?trial=NCT7146087").status == 200
    for path in ("/?trial=NCT1", "/today.json?trial=NCT1", "/today.csv?trial=NCT1"):
        answer = reader.ask(path)
        assert answer.status == 404, path
        assert "othing is stored about this trial:" in answer.text
        assert "NCT00000001" in answer.text


def test_a_day_to_come_is_refused_alike(reader: Reader) -> None:
    for path in ("/?since=2026-11-25", "/today.json?since=2026-11-25", "/search?q=a&as_of=2026-11-25"):
        answer = reader.ask(path)
        assert answer.status == 404, path
        assert "hat day has not come" in answer.text
        assert "The last day that can be asked for is 2026-11-24." in answer.text
    assert reader.ask("/?since=2026-11-24").status == 200
    assert reader.ask("/search?q=a&as_of=2026-11-24").status == 200


def test_a_group_of_fields_is_what_it_is_made_of(reader: Reader) -> None:
    criteria = reader.ask("/today.json?field=eligibility-criteria").json()["items"]
    assert criteria
    for path in ("/today.json?field=eligibility", "/today.json?field=eligibility&tag=eligibility"):
        assert reader.ask(path).json()["items"] == criteria, path
    assert criteria[0]["headline"] in reader.ask("/feed.json?field=eligibility").text
    text = reader.look("/?field=eligibility")
    assert "Field: Eligibility (all)" in text
    labels = re.findall(
        "<option[^>]*>([^<]+)</option>", text.partition('id="fields"')[2].partition("</datalist>")[0]
    )
    assert len(labels) == len(set(labels)), "no two are called the same"


def test_a_card_says_a_reason_once_and_leads_to_related_trials(history: History, clock: Clock) -> None:
    stopped = versions()[-1]
    stopped["protocolSection"]["statusModule"] |= {
        "overallStatus": "TERMINATED",
        "whyStopped": "The sponsor decided so, for reasons of its own.",
    }
    stopped["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": 4, "type": "ACTUAL"}
    history.snapshot(stopped, "2026-11-24")
    with asking(history.app(now=clock)) as browse:
        text = Reader(browse).look("/?tag=stopped&since=2026-11-24")
    card = text[text.index("<article") : text.index("</article>")]
    assert "for reasons of its own; " in card, "the headline goes on behind it"
    assert card.count("for reasons of its own") == 1
    assert 'href="/trials/ctgov/NCT07146087/related">related trials' in card


def test_a_filter_by_status_looks_at_what_it_was_after_the_change(reader: Reader, history: History) -> None:
    history.event(EventKind.LEFT, "2026-11-25", "It left.", Severity.MAJOR, status="COMPLETED")
    text = reader.look("/?status=completed")
    assert text.count("<article") == 1
    assert "It left." in text
    assert reader.ask("/?status=finished").status == 400


def test_what_must_be_looked_at_one_by_one_is_bounded_and_goes_on(history: History) -> None:
    history.event(EventKind.LEFT, "2026-11-25", "It left.", Severity.MAJOR, status="COMPLETED")
    for day in range(1, 21):
        happened(history, f"2027-01-{day:02}", Severity.MINOR)
    reader = Reading(history.open())
    setting = Setting(now=NOW, effective=lambda event: event, health=lambda: Health(ok=True))
    asked = filter_of(reader, {"status": "completed"})
    first = sift(reader, asked, setting, limit=5, through=15)
    assert (first.found, first.looked) == ((), 15)
    assert first.on is not None
    rest = sift(reader, asked, setting, limit=5, before=first.on, through=15)
    assert [severity for _, severity in rest.found] == [Severity.MAJOR]
    assert (rest.on, rest.looked) == (None, None)


@pytest.mark.parametrize("through", [3, 4, 15, 2_000])
def test_pages_of_a_status_join_without_gap_or_repeat(history: History, through: int) -> None:
    """However many are looked at in one step, and however many steps that takes."""
    for number in range(80):
        status = "COMPLETED" if number % 7 == 0 or 30 < number < 34 else "RECRUITING"
        day = f"2027-{number // 28 + 1:02}-{number % 28 + 1:02}"
        history.event(EventKind.ENTERED, day, f"Number {number}.", Severity.MINOR, status=status)
    reader = Reading(history.open())
    setting = Setting(now=NOW, effective=lambda event: event, health=lambda: Health(ok=True))
    asked = filter_of(reader, {"status": "completed"})
    found: list[int] = []
    before: int | None = None
    while True:
        page = sift(reader, asked, setting, limit=2, before=before, through=through)
        assert len(page.found) == 2 or page.on is None or page.looked == through
        found += [number for number, _ in page.found]
        before = page.on
        if before is None:
            break
    every = reader.events(min_severity=Severity.MINOR, limit=1_000)
    assert found == [number for number, event in every if event.status == "COMPLETED"]
    assert len(every) >= 80
    assert sift(reader, asked, setting, limit=100, through=len(every)).on is None


def test_the_users_own_severities_decide_what_is_new_and_how(history: History, clock: Clock) -> None:
    def raised(event: Event) -> Event:
        return replace(
            event, severity=Severity.CRITICAL if event.kind is EventKind.ENTERED else event.severity
        )

    happened(history, "2026-11-25", Severity.MINOR)
    clock.now += timedelta(days=1)
    with asking(history.app(now=clock, effective=raised, overridden=True)) as browse:
        text = Reader(browse).look("/?since=2026-11-25&severity=critical")
    assert "<strong>1 new</strong>" in text
    assert "1 critical." in text


def test_each_filter_that_is_on_can_be_dropped(reader: Reader) -> None:
    text = reader.look("/?severity=critical&watch=MSC+exosomes&tag=stopped&since=1")
    for dropped in (
        'href="/?watch=MSC+exosomes&amp;tag=stopped&amp;since=1" aria-label="Drop the filter Severity: at least',
        'href="/?severity=critical&amp;tag=stopped&amp;since=1" aria-label="Drop the filter Watch: MSC exosomes"',
        'href="/?severity=critical&amp;watch=MSC+exosomes&amp;tag=stopped" aria-label="Drop since when"',
    ):
        assert dropped in text
    assert 'bookmark <a href="/?severity=critical&amp;watch=MSC+exosomes&amp;tag=stopped">' in text


def test_ready_filters_lead_to_what_is_watched(reader: Reader) -> None:
    assert re.search(r'href="/\?tag=stopped" aria-current="page">Stopped', reader.look("/?tag=stopped"))
    assert 'href="/?watch=' not in reader.look("/"), "none is watched"
