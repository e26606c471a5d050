"""`trialbell watch add --dry-run`: how many match, some of them, what a first poll takes; and nothing is stored."""

from __future__ import annotations

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, with_status

STUDIES = "/api/v2/studies"


@pytest.fixture
def records():
    made = []
    for number in range(1, 15):
        one = recruiting(number)
        status = one["protocolSection"]["statusModule"]
        status["lastUpdatePostDateStruct"]["date"] = f"2026-10-{number:02}"
        made.append(with_status(one, "COMPLETED") if number > 12 else one)
    return made


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def asked(terminal, registry):
    """`watch add --dry-run` with some arguments; then that nothing was stored."""
    terminal.write(
        "config.toml",
        f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
        '[[watch]]\nname = "done"\nquery = { status = "COMPLETED" }\n',
    )

    def ask(*arguments):
        database = terminal.folder / "t.db"
        before = database.read_bytes() if database.exists() else None
        ran = terminal.run("watch", "add", "--dry-run", *arguments)
        assert (database.read_bytes() if database.exists() else None) == before
        return ran

    return ask


def test_a_query_says_how_many_match_and_shows_the_newest(asked, registry, records):
    ran = asked("--query", "status=RECRUITING", "--name", "open")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [nct(one) for one in records[11:1:-1]]
    assert "  Recruiting  " in lines[0] and "  2026-10-12  " in lines[0]
    assert "12 trials match now; the 10 updated last:" in ran.err
    assert "the first poll of it takes 3 requests" in ran.err
    assert ran.err.endswith("nothing was stored: leave out `--dry-run` to watch\n")
    [request] = registry.requests()  # one question, for a page that shows what is shown
    assert (request.query["pageSize"], request.query["countTotal"]) == ("10", "true")
    assert request.bytes < 3000


def test_as_json_it_is_one_value(asked, registry, records):
    [said] = asked("--query", "status=COMPLETED", "--name", "x", "--json").values
    newest = records[13]
    assert said["shown"][0] == {
        "trial": nct(newest),
        "title": newest["protocolSection"]["identificationModule"]["briefTitle"],
        "status": "COMPLETED",
        "phases": newest["protocolSection"]["designModule"].get("phases", []),
        "updated": "2026-10-14",
        "url": f"{registry.url}/study/{nct(newest)}",
    }
    assert said["query"] == {"status": "COMPLETED"}
    assert (said["name"], said["matches"], len(said["shown"])) == ("x", 2, 2)
    assert said["first_look"] == {"requests": 3, "seconds": 0}
    assert said["refused"] == "already watched: watch `done` of config.toml has the same definition"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--query", "status=COMPLETED"], "watch `done` of config.toml has the same definition"),
        (["NCT90000001", "--name", "done"], "watch name taken: `done` stands in config.toml"),
        (["NCT90000002", "NCT90000001"], "watch `two` has the same definition"),
        (["--query", "term=x", "--name", "two"], "watch name taken: `two` (command)"),
    ],
)
def test_what_would_be_refused_is_said_and_refused_when_it_comes_to_it(asked, terminal, arguments, why):
    assert terminal.run("watch", "add", "NCT90000001", "NCT90000002", "--name", "two").code == 0
    ran = asked(*arguments)
    assert ran.code == 2
    assert (
        f"warning: `watch add` would refuse it: {'' if 'taken' in why else 'already watched: '}{why}"
        in ran.err
    )
    real = terminal.run("watch", "add", *arguments)
    assert (real.code, why in real.err) == (2, True)


@pytest.mark.usefixtures("at_once")
def test_a_refused_query_is_the_registrys_own_words(asked, registry):
    ran = asked("--query", "advanced=AREA[Nonsense]1")
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert "unknown area" in ran.err
    ran = asked("--query", "phase=3")
    assert (ran.code, ran.err.splitlines()[1]) == (2, 'hint: write advanced = "AREA[Phase]PHASE3"')
    registry.stop()
    assert asked("--query", "cond=x").code == 3


def test_nothing_matches(asked):
    ran = asked("--query", "status=WITHDRAWN")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("warning: no trial matches now")
    ran = asked("NCT00000001", "NCT00000002")
    assert ran.err.startswith("warning: nothing is in the registry now under 2 ids\n")


def test_ids_that_are_not_there_and_ids_that_were_merged(asked, registry, records):
    first, second = nct(records[0]), nct(records[1])
    registry.publish("2026-11-23", aliases={first: second})
    ran = asked(first, nct(records[2]), "NCT00000001")
    assert (ran.code, len(ran.out.splitlines())) == (0, 2)
    assert "2 of 3 ids are in the registry now:" in ran.err
    assert "not in the registry now: NCT00000001" in ran.err
    assert f"merged: {first} lives on as {second}" in ran.err
    [said] = asked(first, "NCT00000001", "--json").values
    assert (said["missing"], said["merged"]) == (["NCT00000001"], {first: second})


def test_an_extended_watch_is_shown_as_it_would_be(asked, terminal):
    assert terminal.run("watch", "add", "NCT90000001", "--name", "mine").code == 0
    [said] = asked("NCT90000002", "--name", "mine", "--json").values
    assert (said["ids"], said["matches"]) == (["NCT90000001", "NCT90000002"], 2)
    assert said["refused"] is None


def test_search_addresses_and_the_whole_registry(asked, terminal, registry):
    [said] = asked(f"{registry.url}/search?aggFilters=status:com", "--json").values
    assert (said["query"], said["matches"]) == ({"agg": "status:com"}, 2)
    [said] = asked("--everything", "--json").values
    assert (said["query"], said["matches"]) == ({}, 14)
    ran = asked(f"{registry.url}/search")
    assert ran.code == 2
    assert "--everything" in ran.err
    assert asked("--everything", "NCT90000001").code == 2
    assert terminal.run("watch", "add", "--everything").code == 0
    [listed] = [one for one in terminal.run("watch", "list", "--json").values if one["name"] == "everything"]
    assert listed["query"] == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--query", "status=RECRUITING"],
        ["--query", "status=WITHDRAWN"],
        ["--everything"],
        ["NCT90000001", "NCT90000002"],
        ["NCT90000001", "NCT90000002", "NCT00000001"],
        ["NCT90000002", "NCT90000003"],
    ],
)
def test_the_first_poll_asks_as_often_as_was_said(asked, terminal, registry, arguments):
    registry.publish("2026-11-23", aliases={"NCT90000003": "NCT90000001"})
    [said] = asked(*arguments, "--name", "this", "--json").values
    assert terminal.run("watch", "add", *arguments, "--name", "this").code == 0
    registry.forget()
    assert terminal.run("check", "this").code == 0
    assert len(registry.requests()) == said["first_look"]["requests"]


def test_a_first_look_of_some_minutes_is_said(asked, terminal, registry):
    def many(answer):
        answer["totalCount"] = 605_000
        return answer

    registry.misbehave(Fault.rewritten(many), path=STUDIES)
    terminal.write("config.toml", f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\n')
    ran = asked("--everything")
    assert "605,000 trials match now" in ran.err
    assert "takes 607 requests, about 13 minutes at 50 a minute" in ran.err
    assert "hint: narrow it" in ran.err


def test_no_text_of_a_record_moves_the_cursor(asked, registry, records):
    records[13]["protocolSection"]["identificationModule"]["briefTitle"] = "A\x1b[2JB\nC"
    registry.publish("2026-11-23", [records[13]])
    ran = asked("--query", "status=COMPLETED")
    assert "\x1b" not in ran.out
    assert len(ran.out.splitlines()) == 2


def test_doctor_tries_the_queries_of_the_file(terminal, registry):
    queries = {"done": 'status = "COMPLETED"', "none": 'term = "zzz"', "bad": 'advanced = "AREA[Nonsense]1"'}
    tables = "".join(
        f'[[watch]]\nname = "{name}"\nquery = {{ {query} }}\n' for name, query in queries.items()
    )
    head = (
        f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
    )
    terminal.write("config.toml", head + tables)
    ran = terminal.run("doctor")
    assert ran.code == 3
    assert "ok   watch done: 2 trials match now" in ran.out
    assert "-    watch none: nothing matches now" in ran.out
    assert "BAD  watch bad: ClinicalTrials.gov does not understand the question: `Invalid Essie" in ran.out
    registry.stop()
    assert "watch" not in terminal.run("doctor").out.partition("config:")[2].partition("\n")[2]
