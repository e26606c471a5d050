"""The pages: what each shows, what leads where, and what an address that leads nowhere says."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from doubles.asking import Asking, asking
from doubles.web_history import NOW, RECORD, STAFF, TRIAL, History, versions

from snapshots.changeset import Severity
from snapshots.event import Event, EventKind
from snapshots.record import canonical

AT = f"/trials/ctgov/{TRIAL}"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as asked:
        yield asked


def page(browse: Asking, path: str) -> str:
    answer = browse.get(path)
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


# --- today ---


def test_today_lists_events_newest_first_with_links_to_what_they_tell(browse: Asking) -> None:
    text = page(browse, "/")
    newest, older = text.index(f"{AT}/compare/4...5"), text.index(f"{AT}/compare/3...4")
    assert newest < older
    assert "Monday 23 November 2026" in text
    assert "/events/4" in text
    assert f"{AT}/compare/1...2" not in text, "noise is not told unless asked for"
    assert f"{AT}/compare/1...2" in page(browse, "/?severity=noise")


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("severity=critical", "4...5", "3...4"),
        ("field=enrollment", "3...4", "4...5"),
        ("tag=stopped", "4...5", "3...4"),
        ("watch=MSC+exosomes", "4...5", "1...2"),
        ("trial=nct7146087", "4...5", "1...2"),
    ],
)
def test_today_filters(browse: Asking, query: str, seen: str, unseen: str) -> None:
    text = page(browse, f"/?{query}")
    assert f"/compare/{seen}" in text
    assert f"/compare/{unseen}" not in text
    assert '<details class="filters">' in text, (
        "what is on is said below; a form would push the list out of sight"
    )
    assert 'aria-label="Filters that are on"' in text


@pytest.mark.parametrize("query", ["tag=outcomes", "field=phase", "field=verified-date"])
def test_a_filter_that_nothing_fits_says_so(browse: Asking, query: str) -> None:
    assert "Nothing matches" in page(browse, f"/?{query}")


@pytest.mark.parametrize(
    "query",
    [
        "severity=huge",
        "tag=halted",
        "field=enrolment",
        "trial=hello",
        "before=x",
        "before=-1",
        "watch=" + "x" * 300,
        "before=" + "9" * 30,
    ],
)
def test_a_filter_that_cannot_be_understood_is_refused_in_words(browse: Asking, query: str) -> None:
    answer = browse.get(f"/?{query}")
    assert answer.status == 400
    assert "cannot be understood" in answer.text


def test_today_pages_by_sequence_number_and_loses_none(history: History, browse: Asking) -> None:
    for number in range(95):
        history.event(
            EventKind.ENTERED,
            f"2027-{number // 28 + 1:02}-{number % 28 + 1:02}",
            f"Happened {number}.",
            Severity.MAJOR,
        )
    seen: list[str] = []
    path: str | None = "/"
    rounds = 0
    while path:
        text = page(browse, path)
        seen += [part.split("<")[0] for part in text.split(">Happened ")[1:]]
        path = None
        if 'rel="next"' in text:
            path = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
        rounds += 1
    assert rounds == 4
    assert seen == [f"{number}." for number in range(94, -1, -1)]


def test_an_empty_history_says_what_to_do(tmp_path: Path) -> None:
    with asking(History(tmp_path / "empty.db").app()) as browse:
        assert "trialbell init" in browse.get("/").text
        assert "No trial is held yet" in browse.get("/trials").text


def test_the_users_own_severities_are_shown(history: History) -> None:
    def effective(event: Event) -> Event:
        return replace(event, severity=Severity.MINOR)

    with asking(history.app(effective=effective, overridden=True)) as browse:
        assert "sev-critical" not in browse.get("/").text
        assert "sev-critical" not in browse.get(AT).text
        assert "Nothing matches" in browse.get("/?severity=critical").text


# --- trials ---


def test_trials_are_listed(browse: Asking) -> None:
    assert AT in page(browse, "/trials")


def test_trials_page_on(history: History, browse: Asking) -> None:
    for number in range(1, 131):
        record = copy.deepcopy(RECORD)
        record["protocolSection"]["identificationModule"]["nctId"] = f"NCT{number:08}"
        history.snapshot(record, "2026-11-17")
    first = page(browse, "/trials")
    assert first.count('scope="row"') == 100
    second = page(browse, "/trials?after=NCT00000100")
    assert "after=NCT00000100" in first
    assert second.count('scope="row"') == 31


def test_a_trial_shows_what_a_reader_asks(browse: Asking) -> None:
    text = page(browse, AT)
    for said in (
        "Suspended",
        "SUSPENDED",
        "Supply of the product was interrupted",
        "Early phase 1",
        "12 (estimated)",
        "Biocells Medical (industry)",
        "1 site: Poland",
        "2020-07-01",
        "2027-06 (estimated)",
        "None posted",
        "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
        f"https://clinicaltrials.gov/study/{TRIAL}",
        "since the data build of 2026-11-23",
    ):
        assert said in text, said


def test_a_trials_history_has_both_lines_and_folds_the_quiet(history: History, browse: Asking) -> None:
    history.event(EventKind.GONE, "2026-11-24", "Record gone from the registry", Severity.CRITICAL)
    text = page(browse, AT)
    for number in ("1", "2", "3", "4", "5", "r1", "r2", "r3"):
        assert f'{AT}/versions/{number}"' in text
    folded = text[text.index("2 quiet versions") : text.index("</details>", text.index("2 quiet versions"))]
    assert f"{AT}/versions/2" in folded
    assert f"{AT}/versions/3" in folded
    assert f"{AT}/versions/4" not in folded
    order = [
        text.index(one) for one in ("Record gone", "compare/4...5", "compare/3...4", "r2...r3", "r1...r2")
    ]
    assert order == sorted(order), "newest first"


def test_a_long_history_is_paged(history: History, browse: Asking) -> None:
    for number in range(6, 80):
        record = versions()[-1]
        record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = 100 + number
        history.snapshot(record, f"2027-{number // 28 + 1:02}-{number % 28 + 1:02}")
    first, second = page(browse, AT), page(browse, f"{AT}?page=2")
    assert f'{AT}/versions/79"' in first
    assert f'{AT}/versions/1"' in second
    assert first.count('class="step step-') <= 61
    assert browse.get(f"{AT}?page=3").status == 404
    assert browse.get(f"{AT}?page=0").status == 400


def test_a_merged_trial_leads_on(history: History, browse: Asking) -> None:
    with history.writing() as (_, store):
        store.mark("ctgov", TRIAL, "merged", at=NOW, into="NCT01730547")
    assert "/trials/ctgov/NCT01730547" in page(browse, AT)


# --- versions ---


def test_a_version_is_laid_out_in_the_registrys_sections(browse: Asking) -> None:
    text = page(browse, f"{AT}/versions/4")
    for said in (
        '<h2 id="h-eligibility">Eligibility</h2>',
        "<li>EDSS 3.0 to 6.5</li>",
        "<li>Age &gt;= 18</li>",
        '<li value="1">A relapse within 6 months</li>',
        '<p class="lead">Inclusion Criteria:</p>',
        "None (open label)",
        '<td data-label="Facility">Biocells Medical</td>',
        'href="https://pubmed.ncbi.nlm.nih.gov/31415926/"',
        'href="https://example.org/a?b=c" rel="noopener',
        "a field nobody knows yet",
        "protocolSection.somethingNewModule.novelty",
        "COVID",
        "2026-11-20 09:12 UTC",
    ):
        assert said in text, said
    assert 'href="javascript:' not in text


def test_staff_are_not_shown_on_any_page(browse: Asking) -> None:
    for path in (
        "/",
        "/?severity=noise",
        "/trials",
        AT,
        f"{AT}/versions/5",
        f"{AT}/compare/4...5",
        "/events/4",
    ):
        text = page(browse, path)
        for person in (*STAFF, "Rosa Newcomer", "Head of things"):
            assert person not in text, f"{person} on {path}"


def test_the_json_is_the_record_exactly_as_stored(browse: Asking) -> None:
    answer = browse.get(f"{AT}/versions/4.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == canonical(versions()[3])
    again = browse.get(f"{AT}/versions/4.json", {"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.content) == (304, b"")
    archived = json.loads(browse.get(f"{AT}/versions/r1.json").content)
    assert archived["protocolSection"]["designModule"]["enrollmentInfo"]["count"] == 8


@pytest.mark.parametrize(
    ("day", "said", "count"),
    [
        ("2026-11-20", "As of 2026-11-20: version 4 answers, our snapshot", "12 (estimated)"),
        ("2026-11-22", "As of 2026-11-22: version 4 answers", "12 (estimated)"),
        ("2026-11-18", "As of 2026-11-18: version 2 answers", "20 (estimated)"),
        (
            "2025-04-01",
            "registry&#39;s version 2 answers, from the registry&#39;s own record history",
            "10 (est",
        ),
    ],
)
def test_as_of_a_day_says_which_version_answers(browse: Asking, day: str, said: str, count: str) -> None:
    text = page(browse, f"{AT}/on/{day}")
    assert said in text
    assert count in text


def test_as_of_a_day_before_everything_says_what_to_do(browse: Asking) -> None:
    answer = browse.get(f"{AT}/on/2020-01-01")
    assert answer.status == 404
    assert f"trialbell show {TRIAL}@2020-01-01" in answer.text
    assert "2025-01-10" in answer.text


# --- comparisons ---


def test_a_comparison_shows_before_and_after_with_words_marked(browse: Asking) -> None:
    text = page(browse, f"{AT}/compare/3...4")
    assert "<del>3" in text
    assert "<ins>6" in text
    assert "Enrolment" in text
    assert f"{AT}/compare/2...3" in text, "the neighbour before"
    assert f"{AT}/compare/4...5" in text, "the neighbour after"
    assert 'class="sev sev-major"' in text


def test_a_comparison_of_noise_folds_it(browse: Asking) -> None:
    text = page(browse, f"{AT}/compare/1...2")
    assert "No change that says anything about the study" in text
    assert '<details class="fold noise" open>' in text, "there is nothing else to look at"
    assert '<details class="fold noise">' in page(browse, f"{AT}/compare/4...5")


@pytest.mark.parametrize("pair", ["5...1", "r1...5", "5...r1", "r3...r1", "2...2"])
def test_any_two_versions_compare(browse: Asking, pair: str) -> None:
    text = page(browse, f"{AT}/compare/{pair}")
    assert ("comparing backwards" in text) is (pair in ("5...1", "5...r1", "r3...r1"))
    assert ("own record history" in text) is (pair in ("r1...5", "5...r1"))


def test_the_forms_lead_to_permanent_addresses(browse: Asking) -> None:
    for path, target in (
        (f"{AT}/compare?a=3&b=r2", f"{AT}/compare/3...r2"),
        (f"{AT}/on?day=2026-11-20", f"{AT}/on/2026-11-20"),
    ):
        answer = browse.get(path)
        assert (answer.status, answer.headers["location"]) == (303, target)
    assert browse.get(f"{AT}/compare?a=3").status == 400


def test_a_comparison_of_long_texts_is_bounded(history: History, browse: Asking) -> None:
    long = copy.deepcopy(versions()[-1])
    outcomes = [{"measure": f"Measure {n}", "description": "word " * 30_000} for n in range(60)]
    long["protocolSection"]["outcomesModule"]["secondaryOutcomes"] = outcomes
    history.snapshot(long, "2026-11-24")
    text = page(browse, f"{AT}/compare/5...6")
    assert len(text) < 2_500_000
    assert "shown in part" in text
    assert len(page(browse, f"{AT}/versions/6")) < 6_000_000


# --- events, redirects, errors ---


def test_an_event_has_a_page_of_its_own(history: History, browse: Asking) -> None:
    history.event(EventKind.LEFT, "2026-11-24", "No longer matches", Severity.MINOR, detail="moved on")
    text = page(browse, "/events/4")
    assert f"ctgov:{TRIAL}:changed:4-5" in text
    assert f"{AT}/compare/4...5" in text
    other = page(browse, "/events/5")
    assert "moved on" in other
    assert "no longer matches a watch" in other.lower()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/trials/ctgov/nct7146087", AT),
        ("/trials/ctgov/NCT000007146087", AT),
        ("/trials/nct7146087", AT),
        ("/trials/ctgov/nct7146087/versions/4.json", f"{AT}/versions/4.json"),
        ("/trials/ctgov/7146087x", None),
        ("/trials/ctgov/nct7146087/compare/3...4", f"{AT}/compare/3...4"),
        ("/trials/ctgov/nct7146087/on/2026-11-20?x=1", f"{AT}/on/2026-11-20?x=1"),
        (f"{AT}/", AT),
        ("/trials/", "/trials"),
        ("//evil.example//", "/evil.example"),
    ],
)
def test_other_ways_to_write_an_address_lead_to_the_one(
    browse: Asking, path: str, target: str | None
) -> None:
    answer = browse.get(path)
    if target is None:
        assert answer.status == 400
    else:
        assert (answer.status, answer.headers["location"]) == (308, target)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing", 404, "No page of ours"),
        ("/trials/ctgov/NCT00000001", 404, "trialbell watch add NCT00000001"),
        ("/trials/mars/NCT00000001", 404, "no registry of this name"),
        ("/trials/hello", 404, "no page of ours"),
        (f"{AT}/versions/9", 404, "no such version"),
        (f"{AT}/versions/x", 400, "no number of a version"),
        (f"{AT}/versions/0", 400, "no number of a version"),
        (f"{AT}/compare/3", 400, "no two versions"),
        (f"{AT}/compare/3...x", 400, "no number of a version"),
        (f"{AT}/on/yesterday", 400, "no day"),
        (f"{AT}/on/2026-02-30", 400, "no day"),
        ("/events/999", 404, "no event"),
        ("/events/x", 400, "digits"),
        ("/events/01", 404, "no event"),
        ("/events/" + "9" * 40, 400, "digits"),
        ("/?watch=" + "x" * 3000, 400, "too long"),
        ("/static/../app.py", 404, "No page of ours"),
        ("/static/style.css.bak", 404, "No page of ours"),
    ],
)
def test_an_address_that_leads_nowhere_says_so_in_words(
    browse: Asking, path: str, status: int, said: str
) -> None:
    answer = browse.get(path)
    assert answer.status == status
    assert said.lower() in answer.text.replace("<code>", "").replace("</code>", "").lower()
    assert "Today" in answer.text, "a way out"


def test_pages_are_only_read(browse: Asking) -> None:
    answer = browse.ask("POST", "/")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]
    assert "Pages are only read" in answer.text
    assert browse.ask("HEAD", AT).status == 200


def test_a_missing_database_is_said_and_found_when_it_comes(tmp_path: Path) -> None:
    history = History(tmp_path / "late.db").fill()
    away = history.path.rename(tmp_path / "away.db")
    with asking(history.app()) as browse:
        answer = browse.get("/")
        assert answer.status == 503
        assert "There is no history yet" in answer.text
        away.rename(history.path)
        assert browse.get("/").status == 200


def test_a_damaged_version_is_named_and_not_shown(history: History, browse: Asking) -> None:
    with history.writing() as (db, _):
        db.execute("update ledger set sha256 = zeroblob(32)")
    answer = browse.get(f"{AT}/versions/4")
    assert answer.status == 500
    assert "damaged" in answer.text


def test_under_a_public_root_with_a_path_every_link_has_it(history: History) -> None:
    app = history.app(public_url="https://example.org/bell/")
    with asking(app) as browse:
        for path in (f"/bell{AT}", AT):  # a proxy may strip the prefix or leave it
            text = page(browse, path)
            assert f'href="/bell{AT}/versions/5"' in text
            assert 'href="/trials' not in text
            assert f'<link rel="canonical" href="https://example.org/bell{AT}">' in text
        assert browse.get("/trials/nct7146087").headers["location"] == f"/bell{AT}"
