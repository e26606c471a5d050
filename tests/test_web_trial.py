"""The page of one trial: what it shows, the same as data, and that a long history costs no more than its page."""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from doubles.asking import Asking, asking
from doubles.web_history import RECORD, STAFF, TRIAL, History, versions

from monitor.web.trial import shapes
from monitor.web.trial.lines import ROWS
from snapshots.changeset import Severity, Source
from snapshots.event import EventKind
from snapshots.retention import Span, remove

AT = f"/trials/ctgov/{TRIAL}"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as browse:
        yield browse


def told(browse: Asking, path: str = f"{AT}.json") -> shapes.Trial:
    """Its JSON, read strictly as the type that the description gives."""
    return msgspec.json.decode(browse.get(path).content, type=shapes.Trial)


def watched(history: History, *names: str) -> None:
    with history.writing() as (db, _):
        for row, name in enumerate(names, 1):
            db.execute(
                "insert into watch (id, name, registry, definition, definition_hash, origin, added_at)"
                " values (?, ?, 'ctgov', '{}', 'x', 'config', '2026-11-01T00:00:00Z')",
                [row, name],
            )
            db.execute("insert into member values (?, ?, 'in', '2026-11-17T09:00:00Z')", [row, TRIAL])


def taken(history: History, last: int) -> None:
    """As retention takes the first snapshots."""
    with history.writing() as (db, _):
        key = db.execute("select key from trial where trial = ?", [TRIAL]).fetchone()[0]
        span = Span(
            registry="ctgov", trial=TRIAL, source=Source.SNAPSHOT, key=key, first=1, last=last,
            versions=last, size=1,
        )  # fmt: skip
        remove(db, [span], day=date(2026, 11, 24))


def test_the_json_has_what_the_page_shows(history: History) -> None:
    watched(history, "MSC exosomes", "a/b & c")
    with asking(history.app()) as browse:
        page, found = browse.get(AT).text, told(browse)
        assert (
            browse.get(AT, headers={"Accept": "application/json"}).content == browse.get(f"{AT}.json").content
        )
    assert (found.status, found.phase, found.study_type) == ("SUSPENDED", "Early phase 1", "INTERVENTIONAL")
    assert found.enrollment is not None and found.enrollment.count == 12
    assert found.primary_completion is not None and found.primary_completion.type == "ESTIMATED"
    assert (found.sites.count, found.sites.countries) == (1, ["Poland"])
    assert (found.results.state, found.build, found.version.version) == ("none", "2026-11-23", 5)
    assert [one.url for one in found.watches] == ["/watches/MSC%20exosomes", "/watches/a%2Fb%20%26%20c"]
    assert all(f'href="{one.url}"' in page for one in found.watches)
    assert found.timeline is not None
    assert [one.changed for one in found.timeline.steps][-2:] == [["enrollment"], ["overall-status"]]
    assert [one.version.version for one in found.history.items if one.version] == [5, 4, 3, 2, 1, 3, 2, 1]
    assert [one.severity for one in found.history.items] == [
        *("critical", "major", "noise", "noise", None),
        *("major", "major", None),
    ]
    assert all(one.headline in page for one in found.history.items if not one.quiet)
    assert found.links.record == f"{AT}/versions/5.json"
    for path in (found.links.record, found.links.atom, found.links.json_feed, found.links.calendar):
        with asking(history.app()) as again:
            assert again.get(path).status == 200
    for name in STAFF:
        assert name not in page


def test_the_csv_has_the_lines_of_the_history(browse: Asking) -> None:
    lines = list(csv.DictReader(io.StringIO(browse.get(f"{AT}.csv").text)))
    found = told(browse).history.items
    assert [(one["headline"], one["sha256"]) for one in lines] == [
        (one.headline, one.sha256) for one in found
    ]


def test_the_picture_is_told_in_words_and_as_a_table(browse: Asking) -> None:
    text = browse.get(AT).text
    drawing = text.split("<svg viewBox", 1)[1].split("</svg>", 1)[0]
    assert 'role="img"' in drawing and "<title id=" in drawing and "status now: Suspended" in drawing
    assert drawing.count('class="band band-') == 3
    table = text.split("The same as a table", 1)[1].split("</table>", 1)[0]
    assert table.count('<th scope="row">') == 6
    assert "<strong>Suspended</strong>" in table and "<strong>12 (estimated)</strong>" in table
    assert "not stored" in drawing, "nothing is known between the registry's versions and ours"


def test_deadlines_name_their_day_and_their_rule(history: History) -> None:
    late = copy.deepcopy(RECORD)
    protocol = late["protocolSection"]
    protocol["designModule"]["phases"] = ["PHASE2"]
    protocol["oversightModule"] = {"isFdaRegulatedDrug": True}
    protocol["statusModule"]["primaryCompletionDateStruct"] = {"date": "2025-08-03", "type": "ACTUAL"}
    history.snapshot(late, "2026-11-24")
    with asking(history.app()) as browse:
        page, found = browse.get(AT).text, told(browse).deadlines
    overdue = next(one for one in found if one.state == "results-overdue")
    assert (overdue.standing, overdue.due, overdue.since) == (True, "2026-08-03", "2026-09-03")
    assert overdue.law is not None and "11.44(a)" in overdue.law
    assert f'href="{overdue.source}"' in page and overdue.reason in page
    assert any(not one.standing and one.state == "completion-passed" for one in found)


def test_a_record_that_is_gone_has_no_deadlines_and_its_course_ends(history: History) -> None:
    with history.writing() as (db, _):
        db.execute("update trial set state = 'gone', state_since = '2026-11-23T09:00:00Z'")
    with asking(history.app()) as browse:
        found = told(browse)
    assert found.deadlines == [] and found.state == "gone"
    assert found.timeline is not None and found.timeline.until == "2026-11-23"


def test_what_retention_took_is_shown_with_what_it_changed(history: History) -> None:
    taken(history, 3)
    with asking(history.app()) as browse:
        page, found = browse.get(AT).text, told(browse)
        gone = [one for one in found.history.items if one.kind == "removed"]
        assert [one.version.version for one in gone if one.version] == [3, 2]
        assert [browse.get(one.url or "").status for one in gone] == [200, 200], (
            "their events are still there"
        )
    assert [(one.first, one.last) for one in found.removed] == [(1, 3)]
    assert "Versions 1 to 3: removed by retention on 2026-11-24" in page
    oldest = next(one for one in found.history.items if one.version and one.version.version == 4)
    assert oldest.severity == "major" and oldest.compare is None, (
        "told, though what it changed cannot be opened"
    )
    assert found.timeline is not None
    assert [one.standing.enrollment.count for one in found.timeline.steps if one.standing.enrollment][
        -3:
    ] == [*(20, 12, 12)]


def test_a_long_history_costs_no_more_than_its_page(history: History) -> None:
    """Versions of both lines with a day in common, none of them compared, and a quiet one folded."""
    record: dict[str, Any] = versions()[-1]
    for number in range(4, 90):
        day = date.fromordinal(date(2026, 12, 1).toordinal() + number).isoformat()
        record = copy.deepcopy(record)
        record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = day
        record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = number
        history.archive(record, number, day)
        history.snapshot(record, day)
    history.event(EventKind.GONE, "2026-11-25", "Gone", Severity.MAJOR)
    app = history.app()
    with asking(app) as browse:
        first = told(browse)
        assert len(first.history.items) == ROWS
        assert first.history.next == f"{AT}.json?page=2"
        second = told(browse, first.history.next)
        assert second.history.next is None
        assert browse.get(f"{AT}?page=3").status == 404
        names = [
            (one.version.source, one.version.version)
            for page in (first, second)
            for one in page.history.items
            if one.version is not None
        ]
        assert len(names) == len(set(names)) == 5 + 86 + 3
        assert [one.same_as for one in first.history.items[:3]] == ["r89", "r88", "r87"]
        uncompared = [one for one in second.history.items if one.headline.startswith("Not compared")]
        assert not uncompared, "each archived version here is told by the snapshot that it equals"
