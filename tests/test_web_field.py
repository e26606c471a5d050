"""One field through time: every change with its day and version, members of lists, and which fields ever changed."""

from __future__ import annotations

import copy
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doubles.asking import Asking, asking
from doubles.web_history import RECORD, STAFF, TRIAL, History

from monitor.web.field.changed import changed_fields
from monitor.web.field.reading import read
from monitor.web.reading import Reading
from snapshots.changes import compare
from snapshots.changeset import Source
from snapshots.event import changed_event
from snapshots.fields import table
from snapshots.query import Reader

AT = f"/trials/ctgov/{TRIAL}/field"
EDSS = {"measure": "Change in EDSS", "timeFrame": "48 weeks"}
RELAPSES = {"measure": "Relapse rate per year", "timeFrame": "1 year"}
WALK = {"measure": "Time to walk 25 feet", "timeFrame": "24 weeks"}


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db")


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as asked:
        yield asked


def page(browse: Asking, path: str) -> str:
    answer = browse.get(path)
    assert answer.status == 200, answer.text
    return answer.text


def outcomes(history: History, day: str, primary: list[Any], secondary: list[Any] | None = None) -> None:
    record = copy.deepcopy(RECORD)
    record["protocolSection"]["outcomesModule"] = {"primaryOutcomes": primary}
    if secondary:
        record["protocolSection"]["outcomesModule"]["secondaryOutcomes"] = secondary
    record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = day
    record["derivedSection"]["miscInfoModule"] = {"versionHolder": day}
    history.snapshot(record, day)


def counts(history: History, number: int, *, first: int = 0) -> None:
    for at in range(first, number):
        record = copy.deepcopy(RECORD)
        record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = 100 + at
        day = f"2026-{at // 28 + 1:02}-{at % 28 + 1:02}"
        record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = day
        history.snapshot(record, day)


# --- members: when did they drop that outcome? ---


def test_a_dropped_outcome_has_the_day_it_came_and_the_day_it_went(history: History, browse: Asking) -> None:
    outcomes(history, "2026-01-05", [EDSS])
    outcomes(history, "2026-02-05", [EDSS, RELAPSES])
    outcomes(history, "2026-03-05", [{**EDSS, "timeFrame": "96 weeks"}, RELAPSES])
    outcomes(history, "2026-04-05", [{**EDSS, "timeFrame": "96 weeks"}])
    found = browse.get(f"{AT}/primary-outcomes.json").json()
    assert found["members"] == [
        {"name": EDSS["measure"], "since": None, "until": None, "edited": ["2026-03-05"], "known": True},
        {
            "name": RELAPSES["measure"], "since": "2026-02-05", "until": "2026-04-05", "edited": [], "known": True,
        },
    ]  # fmt: skip
    text = page(browse, f"{AT}/primary-outcomes")
    row = re.search(r'<tr class="gone">.*?</tr>', text, re.DOTALL)
    assert row is not None
    assert "dropped</span> Relapse rate per year" in row[0]
    assert f'href="{AT}/primary-outcomes#2026-04-05"' in row[0]
    assert 'id="2026-04-05"' in text


def test_an_outcome_that_moved_is_told_in_both_lists(history: History, browse: Asking) -> None:
    outcomes(history, "2026-01-05", [EDSS], [RELAPSES, WALK])
    outcomes(history, "2026-02-05", [EDSS, RELAPSES], [WALK])
    outcomes(history, "2026-03-05", [EDSS, RELAPSES], [WALK])
    primary, secondary = (browse.get(f"{AT}/{one}-outcomes.json").json() for one in ("primary", "secondary"))
    assert (
        [one["action"] for one in primary["items"]]
        == ["moved"]
        == [one["action"] for one in secondary["items"]]
    )
    assert [(one["since"], one["until"]) for one in primary["members"]] == [
        (None, None),
        ("2026-02-05", None),
    ]
    assert [(one["name"], one["until"]) for one in secondary["members"]] == [
        (WALK["measure"], None),
        (RELAPSES["measure"], "2026-02-05"),
    ]
    assert "moved</span> Relapse rate" in page(browse, f"{AT}/secondary-outcomes")


def test_plain_members_of_a_list_too(history: History, browse: Asking) -> None:
    for day, conditions in (
        ("2026-01-05", ["MS", "COVID"]),
        ("2026-02-05", ["MS"]),
        ("2026-03-05", ["MS", "Pain"]),
    ):
        record = copy.deepcopy(RECORD)
        record["protocolSection"]["conditionsModule"]["conditions"] = conditions
        history.snapshot(record, day)
    found = browse.get(f"{AT}/conditions.json").json()["members"]
    assert [(one["name"], one["since"], one["until"]) for one in found] == [
        ("MS", None, None),
        ("Pain", "2026-03-05", None),
        ("COVID", None, "2026-02-05"),
    ]


# --- values ---


def test_every_value_with_its_day_and_the_version_that_brought_it(history: History, browse: Asking) -> None:
    history.fill()
    text = page(browse, f"{AT}/enrollment")
    order = [
        text.index(one)
        for one in (
            "12 (estimated)",
            'id="2026-11-20"',
            "<del>20 (estimated)</del>",
            "16 to 20",
            "10 to 16",
            "8 to 10",
        )
    ]
    assert order == sorted(order)
    assert "As first stored" in text
    assert f"/trials/ctgov/{TRIAL}/compare/3...4" in text
    found = browse.get(f"{AT}/enrollment.json").json()
    assert (found["now"]["count"], found["first"]["count"], found["first_day"]) == (12, 8, "2025-01-10")
    assert [(one["from_version"], one["to_version"]) for one in found["items"]] == [
        ("3", "4"), ("r3", "1"), ("r2", "r3"), ("r1", "r2"),
    ]  # fmt: skip
    lines = list(csv.DictReader(io.StringIO(browse.get(f"{AT}/enrollment.csv").text)))
    assert [one["summary"] for one in lines] == [one["summary"] for one in found["items"]]
    assert lines[0]["after"] == "12 ESTIMATED"


def test_long_texts_have_their_words_marked_and_criteria_their_numbers(
    history: History, browse: Asking
) -> None:
    history.fill()
    text = page(browse, f"{AT}/eligibility-criteria")
    assert "<strong>Exclusion criterion 1</strong>" in text
    assert "A relapse within <del>3</del><ins>6</ins> months" in text


def test_a_field_that_never_changed_says_since_when_it_is_so(history: History, browse: Asking) -> None:
    history.fill()
    text = page(browse, f"{AT}/phase")
    assert "unchanged since" in text
    assert "Early phase 1" in text
    assert browse.get(f"{AT}/phase.json").json()["changes"] == 0


def test_a_field_that_is_made_of_others_leads_to_them_and_says_nothing_for_them(
    history: History, browse: Asking
) -> None:
    history.fill()
    text = page(browse, f"{AT}/eligibility")
    assert f'<a href="{AT}/eligibility-criteria">Eligibility criteria</a>' in text
    assert "unchanged since" not in text, "its criteria changed"


def test_details_of_people_are_not_shown(history: History, browse: Asking) -> None:
    history.fill()
    for slug in ("central-contacts", "officials", "responsible-party", "locations", "contacts"):
        for end in ("", ".json", ".csv"):
            text = page(browse, f"{AT}/{slug}{end}")
            for person in (*STAFF, "Rosa Newcomer", "Head of things"):
                assert person not in text, (slug, end, person)


def test_where_too_much_lies_between_it_is_said_and_not_read(history: History, browse: Asking) -> None:
    for number in range(1, 10):
        record = copy.deepcopy(RECORD)
        record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = number * 10
        history.archive(record, number, f"2025-0{number}-01")
    found = browse.get(f"{AT}/enrollment.json").json()
    assert (found["changes"], found["unread"]) == (6, 2)
    assert found["items"][-1]["summary"] is None
    assert "Not read here" in page(browse, f"{AT}/enrollment")


# --- pages, months, the index ---


def test_a_long_course_is_paged_and_each_month_is_found(history: History, browse: Asking) -> None:
    counts(history, 95)
    first, last = page(browse, f"{AT}/enrollment"), page(browse, f"{AT}/enrollment?page=3")
    assert first.count('<li class="step"') == 40
    for month, text in (("2026-04", first), ("2026-01", last)):
        assert f'id="{month}"' in text
    january = re.search(rf'href="({AT}/enrollment\?page=(\d))#2026-01">January', first)
    assert january is not None
    assert 'id="2026-01"' in page(browse, january[1])
    assert "As first stored" in last
    assert "As first stored" not in first
    seen, path = [], f"{AT}/enrollment.json"
    while path:
        found = browse.get(path).json()
        seen += [one["day"] for one in found["items"]]
        path = found["next"]
    assert len(seen) == len(set(seen)) == 94
    assert seen == sorted(seen, reverse=True)
    assert browse.get(f"{AT}/enrollment?page=4").status == 404
    assert browse.get(f"{AT}/enrollment?page=0").status == 400


def test_the_index_lists_what_ever_changed_the_last_first(history: History, browse: Asking) -> None:
    history.fill()
    found = browse.get(f"{AT}.json").json()["items"]
    assert [one["field"] for one in found][-2:] == ["enrollment", "eligibility-criteria"]
    assert found[0] == {
        "field": "overall-status", "label": "Recruitment status", "times": 1, "first": "2026-11-23",
        "last": "2026-11-23", "severity": "critical",
    }  # fmt: skip
    text = page(browse, AT)
    assert f'href="{AT}/overall-status"' in text
    answer = browse.get(f"{AT}?field=phase")
    assert (answer.status, answer.headers["location"]) == (303, f"{AT}/phase")
    lines = list(csv.DictReader(io.StringIO(browse.get(f"{AT}.csv").text)))
    assert [one["field"] for one in lines] == [one["field"] for one in found]


def test_a_submission_that_both_lines_tell_of_counts_once(history: History) -> None:
    counts(history, 3)
    for number in (1, 2, 3):
        reader = Reader(history.open())
        record = reader.record("ctgov", TRIAL, Source.SNAPSHOT, number)
        history.archive(record, number, f"2026-01-0{number}")
    reader = Reader(history.open())
    refs = [one.ref for one in reader.versions("ctgov", TRIAL) if one.ref.source == "archive"]
    bodies = [reader.record("ctgov", TRIAL, ref.source, ref.version or 0) for ref in refs]
    with history.writing() as (db, store):
        for at in (0, 1):
            changes = compare(bodies[at], bodies[at + 1], from_=refs[at], to=refs[at + 1])
            store.add_event(changed_event(changes, at=None, url=None))
        (found,) = changed_fields(db, "ctgov", TRIAL)
    assert (found.slug, found.times) == ("enrollment", 2)
    with asking(history.app()) as browse:
        assert browse.get(f"{AT}/enrollment.json").json()["changes"] == 2


@pytest.mark.parametrize(
    ("path", "status"), [("/enrolment", 400), ("/enrollment?pages=2", 400), ("?field=x", 400)]
)
def test_what_is_misspelt_is_refused(history: History, browse: Asking, path: str, status: int) -> None:
    history.fill()
    assert browse.get(f"{AT}{path}").status == status
    assert browse.get("/trials/ctgov/NCT00000001/field").status == 404


def test_no_table_is_read_through(history: History) -> None:
    history.fill()
    db = history.open()
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    changed_fields(db, "ctgov", TRIAL)
    field = table("ctgov").field("enrollment")
    assert field is not None
    read(Reading(db), "ctgov", TRIAL, field)
    db.conn.set_trace_callback(None)
    for statement in asked:
        if statement.lstrip().startswith("select"):
            plan = [row[3] for row in db.execute(f"explain query plan {statement}").fetchall()]
            assert not any(re.match(r"SCAN (event|change|version|ledger)\b", line) for line in plan), (
                statement,
                plan,
            )
