"""No address tells of study staff, in any of its forms; two do, each for a reason that stands beside it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing

import pytest
from doubles.asking import Asking, asking
from doubles.every_page import AT, EXAMPLES
from doubles.staffed import DIGITS, MARK, records, staffed
from doubles.web_history import OTHER, TRIAL, History

from monitor.alerting.discretion import without_people
from monitor.web.address import Address, Format
from monitor.web.representations import offered
from monitor.web.rooms import ADDRESSES
from snapshots.event import event_json
from snapshots.fields import table
from snapshots.query import Reader

STAFF = re.compile(f"{MARK}|{DIGITS}|hospital\\.example|dean of|head of z", re.IGNORECASE)
_WATCH = "/watches/MSC%20exosomes"
# Beside the examples of pages: what has none, and what shows more of people.
MORE: dict[str, tuple[str, ...]] = {
    "today": ("/?severity=noise",),
    "event": tuple(f"/events/{number}" for number in range(1, 5)),
    "search": tuple(
        f"/search?q={words}{more}"
        for words in ("exosomes", "ask", "contact", "official", "investigator")
        for more in ("", "&in=changes", "&in=changes&archive=on")
    ),
    "version": tuple(f"{AT}/versions/{one}" for one in ("1", "4", "r3")),
    "compare": tuple(
        f"{AT}/compare/{pair}{more}"
        for pair in ("1...2", "2...3", "3...4", "4...5", "5...4", "1...r3", "r1...r3")
        for more in ("", "?show=all", "?show=all&view=unified")
    ),
    "two_trials": (f"/compare/ctgov/{TRIAL}@4...{OTHER}@1", f"/compare/ctgov/{TRIAL}@4...{OTHER}@1?show=all"),
    "field": tuple(f"{AT}/field/{slug}" for slug in sorted(table("ctgov").slugs())),
    "feed": ("/feed.atom", "/feed.json?severity=noise"),
    "feed_of_watch": (f"{_WATCH}/feed.atom", f"{_WATCH}/feed.json"),
    "feed_of_trial": (f"{AT}/feed.atom", f"{AT}/feed.json"),
    "calendar_of_watch": (f"{_WATCH}/calendar.ics",),
    "calendar_of_trial": (f"{AT}/calendar.ics",),
    "version_bundle": (f"{AT}/versions/4/bundle.zip",),
    "compare_bundle": tuple(f"{AT}/compare/{pair}/bundle.zip" for pair in ("2...3", "3...4", "4...5")),
    "healthz": ("/healthz",),
    "readyz": ("/readyz",),
    "metrics": ("/metrics",),
}
# The record as it was stored, byte for byte: its hash is what vouches for it (docs/guide/evidence.md).
AS_STORED = {("version", Format.JSON), ("as_of", Format.JSON)}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return staffed(History(tmp_path_factory.mktemp("staff") / "history.db"))


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as asked:
        yield asked


def forms(address: Address, example: str) -> Iterator[tuple[Format, str]]:
    """Each form of an example, and its path."""
    route, question, query = example.partition("?")
    for one in offered(address):
        if one is Format.HTML:
            yield one, example
        else:
            yield one, f"{'/today' if route == '/' else route}.{one}{question}{query}"


def texts(content: bytes) -> str:
    """What an answer says; of a bundle all but the records."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        record = re.compile(r".*/NCT\d{8}-r?\d+\.json")
        parts = [name for name in bundle.namelist() if not record.fullmatch(name)]
        assert len(parts) >= 4
        return "\n".join(bundle.read(name).decode() for name in parts)


def test_the_records_name_staff_wherever_there_is_a_place_for_them(browse: Asking) -> None:
    """Else the test below would find nothing for want of it."""
    stored = browse.get(f"{AT}/versions/4.json")
    assert stored.json() == records()[3]
    assert len(STAFF.findall(stored.text)) > 40
    gone = browse.get(f"{AT}/versions/5.json").text
    assert '"contacts"' not in gone and "pointOfContact" not in gone


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one.answers], ids=lambda one: one.name)
def test_no_form_of_an_address_tells_of_study_staff(browse: Asking, address: Address) -> None:
    examples = (*EXAMPLES.get(address.name, ()), *MORE.get(address.name, ()))
    assert examples, "a new address is looked at too"
    for example in examples:
        for form, path in forms(address, example):
            answer = browse.get(path)
            assert answer.status in (200, 400, 501), path  # a filter of the examples may fit one form only
            if answer.status == 200 and (address.name, form) not in AS_STORED:
                found = STAFF.search(text := texts(answer.content))
                assert found is None, (path, text[max(0, found.start() - 80) : found.end() + 20])


def test_switched_on_the_pages_of_records_name_them_and_no_list_does(history: History) -> None:
    with asking(history.app(study_staff=True)) as browse:
        assert len(STAFF.findall(browse.get(f"{AT}/versions/4").text)) > 20
        # What changed is given as it is stored, e-mail addresses in texts too.
        assert f"gina.{MARK}@hospital.example" in browse.get(f"{AT}/compare/3...4.json").text
        for path in (
            "/",
            "/trials",
            AT,
            f"{AT}/compare/3...4",
            f"{AT}/field/eligibility-criteria",
            "/feed.atom",
        ):
            assert STAFF.search(browse.get(path).text) is None, path


def test_programs_get_the_event_that_alerts_and_bundles_have(history: History, browse: Asking) -> None:
    with closing(history.open()) as db:
        found = Reader(db).events(trial=TRIAL, archive=False)
    number, event = next(one for one in found if one[1].to is not None and one[1].to.version == 4)
    told = browse.get(f"/events/{number}.json").json()
    assert told == {**event_json(without_people(event)), "number": number}
