"""One address, several forms: HTML, JSON and CSV, by its end or by what the reader accepts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from doubles.asking import Asking, asking
from doubles.web_history import TRIAL, History

from monitor.web import shapes
from monitor.web.address import Format
from monitor.web.representations import as_csv, wanted
from snapshots.event import event_json
from snapshots.query import Reader

ALL = (Format.HTML, Format.JSON, Format.CSV)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as browse:
        yield browse


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", Format.HTML),
        ("*/*", Format.HTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Format.HTML),
        ("application/json", Format.JSON),
        ("application/json, text/html;q=0.5", Format.JSON),
        ("application/json;q=0.2, text/*;q=0.5", Format.HTML),
        ("text/csv", Format.CSV),
        ("*/*, text/html;q=0", Format.JSON),
        ("image/png", Format.HTML),
        ("application/json;q=nonsense", Format.HTML),
        (",;q=1,,", Format.HTML),
    ],
)
def test_what_a_reader_accepts_decides(accept: str, form: Format) -> None:
    assert wanted(accept, ALL) is form


def test_today_is_the_same_in_each_form(browse: Asking) -> None:
    by_end = browse.get("/today.json")
    assert by_end.headers["content-type"] == "application/json"
    assert browse.get("/", headers={"Accept": "application/json"}).text == by_end.text
    items = by_end.json()["items"]
    assert [one["trial"] for one in items] == [TRIAL] * 2
    lines = list(csv.DictReader(io.StringIO(browse.get("/today.csv").text)))
    assert [one["headline"] for one in lines] == [one["headline"] for one in items]
    page = browse.get("/")
    assert all(one["headline"] in page.text for one in items)
    assert "Accept" in page.headers["vary"]
    assert 'href="/today.json"' in page.text
    assert browse.get("/today").headers["location"] == "/"


def test_an_event_has_the_one_shape(browse: Asking, history: History) -> None:
    event = Reader(history.open()).numbered([1])[0][1]
    found = browse.get("/events/1.json").json()
    assert found.pop("number") == 1
    assert found == event_json(event)
    names = {one.encode_name for one in msgspec.structs.fields(shapes.Event)}
    assert names == set(event_json(event))


def test_errors_come_in_the_form_that_was_asked_for(browse: Asking) -> None:
    for path, accept in (("/today.json?tag=nonsense", ""), ("/?tag=nonsense", "application/json")):
        answer = browse.get(path, headers={"Accept": accept} if accept else {})
        assert answer.status == 400
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == 400
        assert "no such tag" in problem["detail"].lower()
    missing = browse.get(f"/trials/ctgov/{TRIAL}/versions/9.json")
    assert missing.status == missing.json()["status"] == 404
    assert "no such version" in missing.json()["detail"].lower()
    assert browse.get("/nothing.json").json()["status"] == 404
    assert "Today" in browse.get("/nothing").text


def test_a_filter_that_there_is_none_of_is_refused(browse: Asking) -> None:
    assert browse.get("/?tags=results").status == 400
    assert browse.get("/?utm_source=mail").status == 200


def test_a_cell_of_csv_is_no_formula() -> None:
    class Row(msgspec.Struct):
        name: str
        many: list[str]
        nothing: str | None
        truth: bool

    text = as_csv(Row, [Row(name="=1+1", many=["a", "b"], nothing=None, truth=True)]).decode()
    assert text == "name,many,nothing,truth\r\n'=1+1,a; b,,true\r\n"
