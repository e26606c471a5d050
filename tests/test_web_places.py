"""The pages of sites: which are open, since when, by country and on the map."""

from __future__ import annotations

import copy
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from doubles.asking import Asking, asking
from doubles.web_history import DAYS, RECORD, STAFF, TRIAL, History

from monitor.web.places.country_points import country_point
from monitor.web.places.drawing import drawn_map, marks
from monitor.web.places.projection import HEIGHT, WIDTH, placed
from monitor.web.places.sites import Look, in_country, look, tracks, turns
from snapshots.country_names import BY_CODE
from snapshots.record import canonical

AT = f"/trials/ctgov/{TRIAL}/sites"


def site(facility, status=None, country="Poland", city="Warsaw", **more):
    return {
        "facility": facility,
        "city": city,
        "country": country,
        **({"status": status} if status else {}),
        **more,
    }


def record(sites, status="RECRUITING", trial=TRIAL):
    made = copy.deepcopy(RECORD)
    made["protocolSection"]["identificationModule"]["nctId"] = trial
    made["protocolSection"]["statusModule"]["overallStatus"] = status
    made["protocolSection"]["contactsLocationsModule"]["locations"] = sites
    return made


A, B, C = "Biocells Medical", "Charite Berlin", "Keio University"


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A opens, B joins in Germany and is gone again, C stands as its study does."""
    made = History(tmp_path / "history.db")
    point = {"geoPoint": {"lat": 52.52, "lon": 13.4}}
    third = site(C, country="Japan", city="Tokyo")
    for day, sites, status in (
        (DAYS[0], [site(A, "NOT_YET_RECRUITING"), third], "RECRUITING"),
        (
            DAYS[1],
            [site(A, "RECRUITING"), site(B, "RECRUITING", "Germany", "Berlin", **point), third],
            "RECRUITING",
        ),
        (DAYS[3], [site(A, "RECRUITING"), third], "RECRUITING"),
        (DAYS[4], [site(A, "RECRUITING", contacts=[{"name": "Quentin Site"}]), third], "SUSPENDED"),
    ):
        made.snapshot(record(sites, status), day)
    return made.watched()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as browse:
        yield browse


def test_each_site_says_how_it_stands_and_since_when(browse: Asking) -> None:
    data = browse.get(f"{AT}.json").json()
    told = {
        one["facility"]: (one["effective_status"], one["since"], one["since_exact"], one["gone_since"])
        for one in data["items"]
    }
    assert told == {
        A: ("RECRUITING", DAYS[1], True, None),
        C: ("SUSPENDED", DAYS[4], True, None),
        B: ("RECRUITING", DAYS[3], True, DAYS[3]),
    }
    assert [one["listed_exact"] for one in data["items"]] == [False, False, True]
    assert [
        (one["day"], one["opened"], one["closed"], one["listed"], one["open"]) for one in data["turns"]
    ] == [
        (DAYS[0], 0, 0, 2, 1),
        (DAYS[1], 2, 0, 3, 3),
        (DAYS[3], 0, 1, 2, 2),
        (DAYS[4], 0, 1, 2, 1),
    ]
    lines = list(csv.DictReader(io.StringIO(browse.get(f"{AT}.csv").text)))
    assert [one["facility"] for one in lines] == [A, C, B]


def test_the_page_shows_map_countries_and_sites_and_no_staff(browse: Asking) -> None:
    page = browse.get(AT).text
    assert 'class="land"' in page
    assert page.count('class="mark-disc"') == 2  # of the key and of A
    assert page.count('class="mark-cross"') == 3  # of the key, of C and of B
    assert "Not listed any more (was recruiting)" in page
    assert "or before" in page
    for suffix in ("", ".json", ".csv"):
        assert not any(name in browse.get(AT + suffix).text for name in STAFF)


def test_a_country_is_a_filter_however_it_is_written(browse: Asking) -> None:
    for name in ("Germany", "DE", "germany"):
        data = browse.get(f"{AT}.json?country={name}").json()
        assert [one["facility"] for one in data["items"]] == [B]
        assert data["turns"][-1] == {"day": DAYS[4], "opened": 0, "closed": 0, "listed": 0, "open": 0}
    refused = browse.get(f"{AT}?country=Germani")
    assert refused.status == 400
    assert "Germany" in refused.text


def test_only_versions_that_touch_sites_are_read(history: History, browse: Asking, monkeypatch) -> None:
    for day in ("2026-11-24", "2026-11-25"):
        first = site(A, "RECRUITING", contacts=[{"name": "Quentin Site"}])
        other = record([first, site(C, country="Japan", city="Tokyo")], "SUSPENDED")
        other["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = int(day[-2:])
        history.snapshot(other, day)
    assert [one["day"] for one in browse.get(f"{AT}.json").json()["turns"]][-1] == DAYS[4]
    monkeypatch.setattr("monitor.web.places.stood.MOST_READ", 2)
    data = browse.get(f"{AT}.json").json()
    assert data["looked_since"] == DAYS[3]
    assert not data["complete"]
    assert {one["facility"]: one["since_exact"] for one in data["items"]} == {A: False, C: True}
    assert "older versions are stored and not looked at here" in browse.get(AT).text


def test_many_sites_are_paged(tmp_path: Path) -> None:
    history = History(tmp_path / "many.db")
    history.snapshot(record([site(f"Clinic {number}", "RECRUITING") for number in range(230)]), DAYS[0])
    with asking(history.app()) as browse:
        page = browse.get(f"{AT}?page=3").text
        assert "Clinic 229" in page
        assert "Clinic 199" not in page
        assert browse.get(f"{AT}?page=4").status == 404
        assert len(browse.get(f"{AT}.json").json()["items"]) == 230


def test_a_record_that_is_not_as_expected_has_no_sites() -> None:
    for odd in (
        {"protocolSection": []},
        {"protocolSection": {"contactsLocationsModule": {"locations": "x"}}},
        {"protocolSection": {"contactsLocationsModule": {"locations": [1, {"status": 2, "geoPoint": [3]}]}}},
        {},
    ):
        found = tracks([look(canonical(odd), "2026-01-01")])
        assert [(one.status, one.position, one.country) for one in found] in (
            [],
            [(None, None, "Country not given")],
        )
    assert msgspec.json.decode(canonical({})) == {}


def test_a_site_that_is_respelt_is_the_same_site() -> None:
    looks = [
        Look(
            day="2026-01-01",
            sites=(site("Hôpital Saint-Louis", "RECRUITING", "France", "Paris"),),
            study_status=None,
        ),
        Look(
            day="2026-02-01",
            sites=(site("Hopital Saint Louis", "COMPLETED", "France", "Paris"),),
            study_status=None,
        ),
    ]
    found = tracks(looks)
    assert [(one.since, one.listed_since, one.gone) for one in found] == [("2026-02-01", "2026-01-01", None)]
    assert [(one.opened, one.closed) for one in turns(found, ["2026-01-01", "2026-02-01"])] == [
        (0, 0),
        (0, 1),
    ]
    assert in_country(found, "FR") == found


def test_a_watch_shows_the_countries_of_its_trials(history: History, browse: Asking) -> None:
    other = "NCT00000001"
    history.snapshot(
        record([site("X", country="Turkey (Türkiye)", city="Ankara")], "COMPLETED", other), DAYS[0]
    )
    history.watch("two", [TRIAL, other], query={"cond": "x"})
    data = browse.get("/watches/two/sites.json").json()
    assert data["items"] == [
        {"country": "Japan", "trials": 1, "open": 0},
        {"country": "Poland", "trials": 1, "open": 0},
        {"country": "Turkey", "trials": 1, "open": 0},
    ]
    page = browse.get("/watches/two/sites?country=JP").text
    assert f'href="{AT}?country=JP"' in page
    assert browse.get("/watches/two/sites?country=Peru").status == 400
    assert browse.get("/watches/three/sites").status == 404
    assert len(browse.get("/watches/two/sites.csv").text.splitlines()) == 4
    history.snapshot(record([site("Y", country="Japan")], "COMPLETED", other), DAYS[1])
    page = browse.get("/watches/two/sites?country=JP").text
    assert re.findall(r'href="/trials/ctgov/(NCT\d+)/sites', page) == [TRIAL, other], "the higher id first"


def test_every_place_is_on_the_map() -> None:
    for lat in range(-55, 84, 5):
        for lon in range(-180, 181, 15):
            x, y = placed(lat, lon)
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
    assert placed(0, 0)[0] == pytest.approx(WIDTH / 2)
    west, east = placed(40.7, -74.0), placed(35.7, 139.7)
    assert west[0] < WIDTH / 2 < east[0]
    missing = [name for name in BY_CODE.values() if country_point(name) is None]
    assert len(missing) < 10
    assert not {"Singapore", "Hong Kong", "Malta", "Turkey", "Ivory Coast", "Kosovo"} & set(missing)


def test_marks_are_bounded_and_say_by_form_what_they_are() -> None:
    many = [(lat, lon, "ring", 1) for lat in range(-50, 80) for lon in range(-180, 180, 4)]
    assert len(marks(many)) == 800
    both = marks([(50.0, 10.0, "disc", 1), (50.0, 10.0, "disc", 8), (50.0, 10.0, "cross", 1)])
    assert [(one.form, one.count) for one in both] == [("cross", 1), ("disc", 9)]
    assert both[1].r > both[0].r


def test_what_lies_close_together_is_seen_from_nearer() -> None:
    china = [(39.9, 116.4, "disc", 1), (31.2, 121.5, "disc", 1), (23.1, 113.3, "ring", 1)]
    near, world = drawn_map(china), drawn_map([*china, (40.7, -74.0, "disc", 1)])
    assert near.width < WIDTH / 3 and world.width > WIDTH / 2
    for one in (near, world):
        assert one.height / one.width == pytest.approx(HEIGHT / WIDTH, rel=0.01)
        for mark in one.marks:
            assert one.x <= mark.x - mark.r and mark.x + mark.r <= one.x + one.width
            assert one.y <= mark.y - mark.r and mark.y + mark.r <= one.y + one.height
    assert len(near.marks) == 3, "from nearer they are not one"
    assert (drawn_map([]).width, drawn_map([]).height) == (WIDTH, HEIGHT)
