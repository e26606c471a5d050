"""`trialbell search`, and `--as-of` on the commands that read: what they print, and that they agree."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct
from doubles.study_records import study_record
from sqlite_utils import Database

from monitor.cli.days import day_of, names_day
from monitor.cli.errors import UseError
from monitor.database import open_for_writing
from snapshots.database import immediate
from snapshots.search.asking import asked
from snapshots.search.finding import Search
from snapshots.search.index import catch_up
from snapshots.store import Store


def titled(number, title, **more):
    record = study_record(number, **more)
    record["protocolSection"]["identificationModule"]["briefTitle"] = title
    record["protocolSection"]["identificationModule"].pop("acronym", None)
    return record


FIRST = [
    titled(1, "Amber for the spleen", status="RECRUITING", sponsor="Université de Valmorée"),
    titled(
        2, "Amber for the knee", status="RECRUITING", phases=["PHASE3"], study_type="INTERVENTIONAL", sites=60
    ),
    titled(3, "Basalt against sleep", status="COMPLETED", has_results=False),
]
TRIALS = [nct(record) for record in FIRST]


@pytest.fixture
def polled(terminal):
    """Two builds: on the second the first trial is stopped and renamed."""
    with LoopbackRegistry(FIRST, day="2026-11-20") as registry:
        terminal.write(
            "config.toml",
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            f'[[watch]]\nname = "two"\nids = {json.dumps(TRIALS[:2])}\n'
            f'[[watch]]\nname = "third"\nids = {json.dumps(TRIALS[2:])}\n',
        )
        assert terminal.run("check").code == 0
        new = titled(1, "Cedar for the spleen", status="SUSPENDED", why_stopped="Supply of amber ran out")
        new["protocolSection"]["sponsorCollaboratorsModule"] = FIRST[0]["protocolSection"][
            "sponsorCollaboratorsModule"
        ]
        registry.publish("2026-11-23", [new])
        assert terminal.run("check").code == 0
        yield terminal


def found(terminal, *arguments):
    ran = terminal.run("search", *arguments, "--json")
    assert ran.code == 0, ran.err
    return [value["trial"] for value in ran.values]


def test_trials_are_found_by_words_as_they_are_now(polled):
    assert found(polled, "amber") == [TRIALS[1]]
    assert found(polled, "cedar", "OR", "basalt", "NOT", "sleep") == [TRIALS[0]]
    assert found(polled, '"for the knee"') == [TRIALS[1]]
    assert found(polled, TRIALS[2].lower()) == [TRIALS[2]]
    assert found(polled, "valmore*") == [TRIALS[0]]
    assert found(polled, "sleepi*") == found(polled, "cedars NOT spleens OR sleeping") == [TRIALS[2]]
    assert found(polled, "valmoree", "--sponsor", "université") == [TRIALS[0]]


def test_trials_are_found_by_words_as_they_were(polled):
    assert sorted(found(polled, "amber", "--as-of", "2026-11-22")) == TRIALS[:2]
    assert found(polled, "amber", "--as-of", "2026-11-23") == [TRIALS[1]]
    assert found(polled, "amber", "--as-of", "2026-11-19") == []
    (then,) = polled.run("search", "amber", "spleen", "--as-of", "2026-11-22", "--json").values
    assert (then["status"], then["source"], then["version"], then["build"]) == (
        "RECRUITING",
        "snapshot",
        1,
        "2026-11-20",
    )
    assert then["title"] == "Amber for the spleen"


def test_what_is_found_can_be_narrowed(polled):
    assert found(polled, "spleen OR knee", "--status", "suspended") == [TRIALS[0]]
    assert found(polled, "spleen OR knee", "--status", "Recruiting", "--phase", "3") == [TRIALS[1]]
    assert found(polled, "amber OR basalt", "--watch", "third") == [TRIALS[2]]
    country = FIRST[1]["protocolSection"]["contactsLocationsModule"].get(
        "locations", [{"country": "Nowhere"}]
    )[0]["country"]
    assert found(polled, "amber", "--country", country.upper()) in ([TRIALS[1]], [])
    assert found(polled, "amber", "--country", "Atlantis") == []
    assert found(polled, "for OR against", "--limit", "1")


def test_one_hit_as_json_and_in_words(polled):
    (hit,) = polled.run("search", "basalt", "--json").values
    assert set(hit) == {
        *("trial", "registry", "title", "status", "phase", "sponsor", "updated", "state", "merged_into"),
        *("source", "version", "build", "snippet", "title_marks"),
    }  # fmt: skip
    assert hit["title"][slice(*hit["title_marks"][0])] == "Basalt"
    assert (hit["status"], hit["version"], hit["snippet"]) == ("COMPLETED", 1, None)
    ran = polled.run("search", "basalt")
    assert ran.out.splitlines()[0].startswith(f"{TRIALS[2]}  Completed · ")
    assert ran.out.splitlines()[1].strip() == "[Basalt] against sleep"
    assert ran.err == ""
    (hit,) = polled.run("search", "valmorée", "--json").values
    text = hit["snippet"]["text"]
    assert hit["snippet"]["column"] == "sponsor"
    assert text[slice(*hit["snippet"]["marks"][0])] == "Valmorée"


def test_changes_are_found_by_their_words(polled):
    (hit,) = polled.run("search", "supply", "--in", "changes", "--json").values
    (event,) = polled.run("changes", "--json").values
    assert (hit["event"], hit["trial"], hit["day"], hit["severity"]) == (
        event["id"],
        TRIALS[0],
        "2026-11-23",
        "critical",
    )
    assert hit["headline"] == event["headline"]
    assert "[Supply]" in polled.run("search", "supply", "--in", "changes").out
    assert polled.run("search", "supply", "--in", "changes", "--watch", "third", "--json").values == []
    assert polled.run("search", "supply", "--in", "changes", "--as-of", "2026-11-22", "--json").values == []
    assert polled.run("search", "supply", "--in", "changes", "--status", "suspended", "--json").values == [
        hit
    ]


def test_nothing_found_is_said_with_what_is_nowhere(polled):
    ran = polled.run("search", "amber", "scleroziz", "knee*")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == ["nothing found in the trials", "hint: nowhere in the trials: `scleroziz`"]
    ran = polled.run("search", "amber", "--phase", "4")
    assert ran.err.splitlines() == ["nothing found of what was asked for in the trials"]


def test_how_words_were_read_is_said_on_stderr(polled):
    ran = polled.run("search", "(amber", "NOT")
    assert ran.code == 0 and TRIALS[1] in ran.out
    assert ran.err.splitlines()[-1] == "read as: amber"
    assert polled.run("search", "amber", "OR", "cedar").err == ""


def test_hints_on_what_was_not_found(polled):
    ran = polled.run("search", "amber", "-children")
    assert (ran.code, ran.out) == (2, "")
    assert "`NOT children`" in ran.err.splitlines()[-1]
    small = polled.run("search", "scleroziz or amber").err
    assert "hint: `or` was looked for as a word; `OR` joins" in small
    with closing(Database(polled.folder / "t.db")) as db:
        db.execute("update trial set countries = ?", [json.dumps(["France", "Spain"])])
        db.conn.commit()
    assert "did you mean `France`?" in polled.run("search", "amber", "--country", "FR").err
    unknown = polled.run("search", "amber", "--country", "Atlantis").err.splitlines()
    assert unknown[-2:] == [
        "no trial that is stored has a site in `Atlantis`",
        "hint: valid here: `France`, `Spain`",
    ]
    assert "did you mean" not in polled.run("search", "basalt zzz", "--country", "Spain").err


def test_as_of_a_day_the_version_is_named(polled):
    said = polled.run("search", "amber", "spleen", "--as-of", "2026-11-22").out
    assert "our version 1, build of 2026-11-20" in said
    assert "our version" not in polled.run("search", "cedar", "spleen").out


def test_more_than_is_shown_is_said(polled):
    assert (
        "1 shown, the best; there are more"
        in polled.run("search", "for", "OR", "against", "--limit", "1").err
    )


WRONG = {
    "nothing to look for": (("search", "!?"), "nothing to look for"),
    "only what is left out": (("search", "NOT", "amber"), "beside what is left out"),
    "no words": (("search",), "missing argument"),
    "no such status": (("search", "a", "--status", "recruting"), "recruting"),
    "no such phase": (("search", "a", "--phase", "7"), "no such phase"),
    "no such watch": (("search", "a", "--watch", "fourth"), "fourth"),
    "no such day": (("search", "a", "--as-of", "2026-02-30"), "no such day"),
    "no such month": (("search", "a", "--as-of", "2026-13"), "no such day"),
    "a change has no country": (("search", "a", "--in", "changes", "--country", "France"), "no country"),
    "no such limit": (("search", "a", "--limit", "0"), "--limit"),
    "before everything": (
        ("history", TRIALS[0], "--as-of", "2026-11-19"),
        "the first that is stored is of 2026-11-20",
    ),
    "a field before everything": (
        ("field", TRIALS[0], "phase", "--as-of", "2026-10"),
        "2026-11-20",
    ),
    "shown before everything": (("show", f"{TRIALS[0]}@1999-01"), "as of 1999-01-31"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_one_line_with_exit_code_2(polled, name):
    arguments, said = WRONG[name]
    ran = polled.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    errors = [line for line in ran.err.splitlines() if not line.startswith("hint: ")]
    assert len(errors) == 1 and said in errors[0].lower().replace(said.lower(), said), ran.err


def test_no_database_is_said(terminal):
    ran = terminal.run("search", "amber")
    assert ran.code == 2 and "no database" in ran.err


def test_what_is_not_indexed_yet_is_said_and_searched_after_the_next_check(polled):
    db = open_for_writing(polled.folder / "t.db")
    with immediate(db):
        record = titled(9, "Dune beyond the sea")
        Store(db).add_snapshot("ctgov", record, seen_at=now(), build="2026-11-23", fingerprint=None)
    db.close()
    ran = polled.run("search", "dune")
    assert ran.out == "" and "trialbell check" in ran.err
    first, *_, last = ran.err.splitlines()
    assert first.startswith("not searched yet: 1 trial")
    assert last == "hint: nowhere in the trials that were searched: `dune`"
    assert polled.run("check").code == 0
    ran = polled.run("search", "dune", "--json")
    assert [value["trial"] for value in ran.values] == [nct(record)] and ran.err == ""
    db = sqlite3.connect(polled.folder / "t.db")
    db.execute("update search_state set manner = 0")
    db.commit()
    db.close()
    assert "not searched yet: 4 trials" in polled.run("search", "dune").err
    assert polled.run("recompute").err == "4 trials indexed for search\n"
    assert polled.run("search", "dune").err == ""


def now():
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_file_that_cannot_be_written_is_searched_and_stays_as_it_was(polled):
    path = polled.folder / "only" / "t.db"
    path.parent.mkdir()
    path.write_bytes((polled.folder / "t.db").read_bytes())
    before = path.read_bytes()
    path.chmod(stat.S_IRUSR)
    path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        for more in ((), ("--as-of", "2026-11-22"), ("--in", "changes")):
            ran = polled.run("search", "spleen", "--db", str(path), "--json", *more)
            assert ran.code == 0 and ran.values, ran.err
        assert path.read_bytes() == before
    finally:
        path.parent.chmod(stat.S_IRWXU)


def test_a_file_in_a_folder_that_nobody_writes_to_is_searched(polled):
    """As `open_for_reading` opens it there; the superuser, whom no folder refuses, never gets so far."""
    connection = sqlite3.connect(f"file:{polled.folder / 't.db'}?mode=ro&immutable=1", uri=True)
    with closing(Database(connection)) as db:
        question = asked("spleen")
        assert Search(db).now(question, limit=9).trials
        assert Search(db).as_of(question, date(2026, 11, 22), limit=9).trials
        assert Search(db).changes(question, limit=9).changes


def test_gone_is_marked(polled):
    db = open_for_writing(polled.folder / "t.db")
    with immediate(db):
        Store(db).mark("ctgov", TRIALS[2], "gone", at=now())
        Store(db).mark("ctgov", TRIALS[1], "merged", at=now(), into=TRIALS[0])
    db.close()
    out = polled.run("search", "amber OR basalt").out
    assert f"{TRIALS[2]}  NO LONGER IN THE REGISTRY · " in out
    assert f"{TRIALS[1]}  merged into {TRIALS[0]} · " in out


def test_text_of_a_record_is_only_ever_text(terminal):
    with LoopbackRegistry([titled(1, "Amber \x1b[31m red \u202e lortnoc")], day="2026-11-20") as registry:
        terminal.write(
            "config.toml",
            f'[registries.ctgov]\nurl = "{registry.url}"\n[[watch]]\nname = "a"\nids = ["{TRIALS[0]}"]\n',
        )
        assert terminal.run("check").code == 0
        out = terminal.run("search", "amber").out
    assert "[Amber]" in out and "\x1b" not in out and "\u202e" not in out


def test_every_command_says_the_same_of_a_day(polled):
    trial = TRIALS[0]
    for day, version, status, title in (
        ("2026-11-20", 1, "RECRUITING", "Amber for the spleen"),
        ("2026-11-22", 1, "RECRUITING", "Amber for the spleen"),
        ("2026-11-23", 2, "SUSPENDED", "Cedar for the spleen"),
        ("2027-01", 2, "SUSPENDED", "Cedar for the spleen"),
    ):
        shown = polled.run("show", f"{trial}@{day}", "--json")
        assert shown.values[0]["protocolSection"]["statusModule"]["overallStatus"] == status
        assert f"our version {version}, build of" in shown.err
        rows = polled.run("history", trial, "--as-of", day, "--json").values
        assert [row["version"] for row in rows if row["stood"]] == [version] == [rows[0]["version"]]
        assert f"our version {version}, build of" in polled.run("history", trial, "--as-of", day).err
        *steps, value = polled.run("field", trial, "overall-status", "--as-of", day, "--json").values
        assert (value["after"], value["event"], len(steps)) == (status, None, version)
        (hit,) = polled.run("search", "spleen", "--as-of", day, "--json").values
        assert (hit["version"], hit["status"], hit["title"]) == (version, status, title)
        assert polled.run("diff", f"{trial}@{day}", f"{trial}@{version}").code == 0


def test_a_search_before_everything_names_the_first_day(polled):
    ran = polled.run("search", "amber", "--as-of", "2026-11-19")
    assert ran.err.startswith("nothing is stored of 2026-11-19: the first day that is known is 2026-11-20\n")
    assert "first day" not in polled.run("search", "nowhere", "--as-of", "2026-11-20").err


def test_a_day_to_come_is_said(polled):
    assert "2999-12-31 is still to come" in polled.run("search", "cedar", "--as-of", "2999-12-31").err
    assert "as of 2999-12-31, a day to come: our version 2" in polled.run("show", f"{TRIALS[0]}@2999-12").out


def test_a_day_before_ours_is_the_registrys_stored_or_asked(polled):
    trial = TRIALS[0]
    submitted = FIRST[0]["protocolSection"]["statusModule"]["lastUpdateSubmitDate"]
    told = polled.run("show", f"{trial}@{submitted}")
    assert told.code == 0 and f"as of {submitted}: the registry's version" in told.out
    db = open_for_writing(polled.folder / "t.db")
    with immediate(db):
        record = titled(1, "Dune for the spleen", status="NOT_YET_RECRUITING")
        Store(db).add_archived("ctgov", trial, record, number=1, submitted="2026-01-15", seen_at=now())
    db.close()
    assert polled.run("check").code == 0
    assert polled.run("show", f"{trial}@2026-03", "--json").values == [record]
    rows = polled.run("history", trial, "--as-of", "2026-03-01", "--json").values
    assert [(row["source"], row["version"], row["stood"]) for row in rows] == [("archive", 1, True)]
    first, value = polled.run("field", trial, "overall-status", "--as-of", "2026-03-01", "--json").values
    assert first["after"] == value["after"] == "NOT_YET_RECRUITING" and first["day"] == "2026-01-15"
    (hit,) = polled.run("search", "dune", "--as-of", "2026-03-01", "--json").values
    assert (hit["source"], hit["version"], hit["status"]) == ("archive", 1, "NOT_YET_RECRUITING")
    assert found(polled, "dune") == [] == found(polled, "dune", "--as-of", "2026-01-14")


def test_changes_up_to_a_day(polled):
    today = polled.run("changes", "--json").values[0]["at"][:10]
    assert len(polled.run("changes", "--until", today, "--json").values) == 1
    assert len(polled.run("changes", "--until", f"{today}T00:00:00Z", "--json").values) == 0
    assert len(polled.run("changes", "--until", "2026-01-01", "--json").values) == 0
    assert polled.run("changes", "--until", "yesterday").code == 2


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-31", "2026-01-31"),
        ("2026-02", "2026-02-28"),
        ("2024-02", "2024-02-29"),
        ("2026-11", "2026-11-20"),  # the month is not over
        ("2026-12", "2026-12-31"),
        ("today", "2026-11-20"),
    ],
)
def test_a_day_as_people_name_it(text, day):
    assert names_day(text)
    assert day_of(text, now=datetime(2026, 11, 20, 23, 59, tzinfo=UTC)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-1-1", "2026-02-30", "2026-00", "9999-12-31", "20260131", "yesterday"]
)
def test_no_day_is_said(text):
    with pytest.raises(UseError, match="no such day"):
        day_of(text, now=now())


@pytest.mark.parametrize("seed", range(3))
def test_on_random_days_of_random_stores_every_command_agrees_with_a_slow_look(terminal, seed):
    rng = Random(seed)
    trial, first = TRIALS[0], date(2026, 3, 1)
    terminal.write("config.toml", '[store]\npath = "t.db"\n')
    versions = []  # (source, number, day, word), in the order of storing
    numbers = rng.sample(range(1, 9), 4)
    db = open_for_writing(terminal.folder / "t.db")
    with immediate(db):
        for count in range(8):
            day, word = (first + timedelta(days=rng.randrange(12))).isoformat(), f"word{count}"
            record = titled(1, word, why_stopped=word, status="SUSPENDED")
            if rng.random() < 0.5 and numbers:
                number = numbers.pop()
                Store(db).add_archived("ctgov", trial, record, number=number, submitted=day, seen_at=now())
                versions.append(("archive", number, day, word))
            else:
                added = Store(db).add_snapshot("ctgov", record, seen_at=now(), build=day, fingerprint=None)
                versions.append(("snapshot", added.ref.version, day, word))
    catch_up(db)
    db.close()
    for _ in range(5):
        day = (first + timedelta(days=rng.randrange(-1, 13))).isoformat()
        until = [one for one in versions if one[2] <= day]
        ours = [one for one in until if one[0] == "snapshot"]
        stood = max(ours or until, key=lambda one: one[1], default=None)
        hits = {
            (hit["source"], hit["version"])
            for word in (one[3] for one in versions)
            for hit in terminal.run("search", word, "--as-of", day, "--json").values
        }
        listed = terminal.run("history", trial, "--all", "--as-of", day, "--json")
        values = terminal.run("field", trial, "why-stopped", "--as-of", day, "--json")
        if stood is None:
            assert (hits, listed.code, values.code) == (set(), 2, 2)
            continue
        assert hits == {stood[:2]}
        assert {(row["source"], row["version"]) for row in listed.values} == {one[:2] for one in until}
        assert [(row["source"], row["version"]) for row in listed.values if row["stood"]] == [stood[:2]]
        assert values.values[-1]["after"] == stood[3]
        (shown,) = terminal.run("show", f"{trial}@{day}", "--json").values
        assert shown["protocolSection"]["identificationModule"]["briefTitle"] == stood[3]
