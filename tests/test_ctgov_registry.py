"""CtgovRegistry against a loopback ClinicalTrials.gov that misbehaves in every way known.

What holds for any registry is in test_registry_contract.py.
"""

import json
import threading

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.small_records import small_record
from doubles.still_clock import StillClock

from monitor.registries.base import (
    Absurd,
    BadQuestion,
    DataBuild,
    Found,
    MalformedId,
    Missing,
    Moved,
    Refused,
    Stopped,
    SweepBroken,
    Unreachable,
)
from monitor.registries.ctgov import CtgovRegistry

STUDIES = "/api/v2/studies"
STUDY = "/api/v2/studies/*"
IDS = [f"NCT{number:08}" for number in range(1, 13)]


@pytest.fixture
def loopback():
    with LoopbackRegistry([small_record(id) for id in IDS]) as registry:
        yield registry


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def ctgov(loopback, clock):
    registry = asking(loopback, clock)
    yield registry
    registry.close()


def asking(loopback, clock, **options):
    options = {"requests_per_minute": 60_000, "page_size": 5, **options}
    return CtgovRegistry(url=loopback.url, clock=clock.clock, wait=clock.wait, **options)


def swept(pages, into=None):
    ids = [] if into is None else into
    for page in pages:
        ids += [id_of(raw) for raw in page.records]
    return ids


def id_of(raw):
    return json.loads(bytes(raw))["protocolSection"]["identificationModule"]["nctId"]


# What is asked


def test_a_sweep_asks_for_pages_and_the_count(ctgov, loopback):
    assert sorted(swept(ctgov.by_query({}))) == IDS
    asked = [dict(request.query) for request in loopback.requests(STUDIES)]
    assert [one.pop("pageToken", None) is None for one in asked] == [True, False, False]
    assert asked == [{"countTotal": "true", "pageSize": "5"}] * 3


def test_ids_fill_urls_and_nothing_else_is_asked(loopback, clock):
    ctgov = asking(loopback, clock, page_size=1000)
    many = [f"NCT{number:08}" for number in range(1, 1001)]
    batches = list(ctgov.by_ids(many))
    assert [len(batch.asked) for batch in batches] == [200] * 5
    assert [trial for batch in batches for trial in batch.asked] == many
    assert len(loopback.requests()) == 5
    assert all(len(loopback.url + request.target) < 4000 for request in loopback.requests())


def test_a_url_is_never_longer_than_4000(loopback, clock):
    ctgov = asking(loopback, clock, page_size=1000, ids_per_request=5000)
    list(ctgov.by_ids([f"NCT{number:08}" for number in range(1, 1001)]))
    lengths = [len(loopback.url + request.target) for request in loopback.requests()]
    assert len(lengths) == 4
    assert 3900 < max(lengths) <= 4000


def test_a_malformed_id_is_found_before_it_is_asked(ctgov, loopback):
    with pytest.raises(MalformedId, match="`NCT12X`"):
        list(ctgov.by_ids(["NCT12X", *IDS]))
    with pytest.raises(MalformedId):
        ctgov.study("nonsense")
    assert loopback.requests() == []


def test_an_unknown_query_key_is_found_before_it_is_asked(ctgov, loopback):
    with pytest.raises(BadQuestion, match="`phase`"):
        ctgov.by_query({"phase": "3"})
    assert loopback.requests() == []


def test_our_name_goes_with_every_request(ctgov, loopback):
    ctgov.build()
    assert "trialbell/" in loopback.requests()[0].user_agent
    assert "python-httpx/" in loopback.requests()[0].user_agent


def test_a_count_asks_for_one_slim_record(ctgov, loopback):
    assert ctgov.count({}) == 12
    assert dict(loopback.requests()[0].query) == {"fields": "NCTId", "countTotal": "true", "pageSize": "1"}


def test_what_was_posted_since(ctgov, loopback):
    late = small_record("NCT00000077")
    late["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = "2026-11-22"
    loopback.publish("2026-11-23", [late])
    assert [list(page.ids) for page in ctgov.slim(since="2026-11-20")] == [["NCT00000077"]]
    assert sum(len(page.ids) for page in ctgov.slim(since="2026-11-01")) == 13
    assert all(request.bytes < 3000 for request in loopback.requests())


# One record


def test_a_record_comes_as_its_bytes(ctgov, loopback):
    answer = ctgov.study("nct1")
    assert isinstance(answer, Found)
    assert json.loads(answer.raw) == loopback.record(IDS[0])
    assert [request.path for request in loopback.requests()] == [f"{STUDIES}/{IDS[0]}"]


def test_an_alias_is_moved_and_not_followed(ctgov, loopback):
    loopback.publish("2026-11-23", aliases={IDS[0]: IDS[1]})
    assert ctgov.study(IDS[0]) == Moved(to=IDS[1])
    assert len(loopback.requests()) == 1


def test_an_alias_that_is_answered_with_its_survivor(ctgov, loopback):
    survivor = small_record(IDS[1])
    survivor["protocolSection"]["identificationModule"]["nctIdAliases"] = [IDS[0]]
    loopback.misbehave(Fault.raw(json.dumps(survivor).encode()))
    assert ctgov.study(IDS[0]) == Moved(to=IDS[1])


def test_a_vanished_record_is_missing(ctgov, loopback):
    loopback.publish("2026-11-23", removed=[IDS[0]])
    assert ctgov.study(IDS[0]) == Missing()


@pytest.mark.parametrize(
    "fault",
    [
        Fault.redirect("https://elsewhere.example/api/v2/studies/NCT00000002", 301),
        Fault.redirect("/api/v2/studies/NCT00000002", 302),  # "for now" is no merger
        Fault.redirect("/api/v2/studies/NCT00000002", 307),
        Fault.redirect("/maintenance", 301),
        Fault.redirect("/api/v2/studies/NCT00000001", 301),
        Fault.redirect("//elsewhere.example/study/NCT00000002", 301),
        Fault.raw(b"", status=301),
        Fault.raw(b"", status=410),
        Fault.raw(b"", status=204),
        Fault.html(),
        Fault.empty_body(),
        Fault.empty_object(),
        Fault.cut_json(),
        Fault.raw(b"[]"),
        Fault.raw(b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000009"}}}'),
        Fault.raw(b'{"protocolSection":{"identificationModule":{"nctId":"../../etc"}}}'),
        Fault.raw(b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000001"}}} and more'),
        Fault.raw(b"[" * 100_000),
        Fault.bomb(),
    ],
)
def test_anything_odd_about_a_record_is_absurd_never_missing(ctgov, loopback, fault):
    loopback.misbehave(fault, times=None, path=STUDY)
    with pytest.raises(Absurd) as caught:
        ctgov.study(IDS[0])
    assert "/api/v2/studies/NCT00000001" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


# Refusals and trouble, the same for every question

QUESTIONS = {
    "build": lambda ctgov: ctgov.build(),
    "study": lambda ctgov: ctgov.study(IDS[0]),
    "by_ids": lambda ctgov: [batch.page for batch in ctgov.by_ids(IDS[:1])],  # one: more are split
    "by_query": lambda ctgov: swept(ctgov.by_query({})),
    "count": lambda ctgov: ctgov.count({}),
    "slim": lambda ctgov: swept(ctgov.slim()),
    "history": lambda ctgov: ctgov.history(IDS[0]),
    "archived": lambda ctgov: ctgov.archived(IDS[0], 1),
}


@pytest.fixture(params=QUESTIONS)
def question(request):
    return QUESTIONS[request.param]


def test_403_is_refused_once_and_says_what_to_do(ctgov, loopback, clock, question):
    loopback.misbehave(Fault.forbidden(), times=None)
    with pytest.raises(Refused) as caught:
        question(ctgov)
    message = str(caught.value)
    assert "`user_agent`" in message
    assert "`tls`" in message
    assert "says nothing about any record" in message
    assert "trialbell doctor" in (caught.value.hint or "")
    assert not caught.value.retryable
    assert len(loopback.requests()) == 1
    assert clock.waits == []


@pytest.mark.parametrize(
    "fault", [Fault.too_many(), Fault.broken(500), Fault.broken(503), Fault.reset(), Fault.cut_transfer()]
)
def test_trouble_that_passes_is_not_noticed(ctgov, loopback, clock, question, fault):
    expected = question(ctgov) if question is not QUESTIONS["by_ids"] else None
    loopback.forget()
    loopback.misbehave(fault, times=2)
    answer = question(ctgov)
    if expected is not None:
        assert answer == expected
    assert 1 < clock.waited < 10


@pytest.mark.parametrize("fault", [Fault.too_many(), Fault.broken(502), Fault.reset()])
def test_trouble_that_lasts_is_unreachable_after_five_tries(ctgov, loopback, question, fault):
    loopback.misbehave(fault, times=None)
    with pytest.raises(Unreachable, match="5 tries") as caught:
        question(ctgov)
    assert caught.value.retryable
    assert len(loopback.requests()) == 5


def test_retry_after_is_waited_for(ctgov, loopback, clock, question):
    loopback.misbehave(Fault.too_many(retry_after=17))
    question(ctgov)
    assert 17 <= clock.waited < 18


def test_a_slow_drip_ends_at_the_deadline(loopback, question):
    until = threading.Event()
    loopback.misbehave(Fault.drip(every=0.02, until=until), times=None)
    clock = StillClock()
    ctgov = CtgovRegistry(
        url=loopback.url, deadline=0.2, requests_per_minute=60_000, page_size=5, wait=clock.wait
    )
    with pytest.raises(Unreachable, match=r"within 0\.2 s"):
        question(ctgov)
    until.set()


def test_a_stop_is_no_answer(ctgov, clock, loopback, question):
    clock.stopped = True
    with pytest.raises(Stopped):
        question(ctgov)
    assert loopback.requests() == []


def test_no_redirect_leads_to_another_host(ctgov, loopback, question):
    loopback.misbehave(Fault.redirect("https://elsewhere.example/"), times=None)
    with pytest.raises(Exception, match="elsewhere"):
        question(ctgov)
    assert len(loopback.requests()) == 1


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name not in ("study", "history", "archived")])
@pytest.mark.parametrize(
    "fault",
    [
        Fault.html(),
        Fault.empty_body(),
        Fault.empty_object(),
        Fault.cut_json(),
        Fault.raw(b"null"),
        Fault.raw(b'{"studies":{}}'),
        Fault.raw(b'{"studies":[[]],"totalCount":1}'),
        Fault.raw(b'{"studies":[null],"totalCount":1}'),
        Fault.raw(b'{"studies":[{}],"totalCount":1}'),
        Fault.raw(b'{"studies":[{"protocolSection":{}}],"totalCount":1}'),
        Fault.raw(b'{"studies":[],"totalCount":"many"}'),
        Fault.raw(b'{"dataTimestamp":"yesterday"}'),
        Fault.raw(b"\xff\xfe{}"),
        Fault.nested(),
        Fault.not_found(),
        Fault.raw(b"what", status=418),
    ],
)
def test_an_answer_that_is_not_one_is_absurd(ctgov, loopback, name, fault):
    if name != "count":  # which needs no records
        loopback.misbehave(fault, times=None)
        with pytest.raises(Absurd) as caught:
            QUESTIONS[name](ctgov)
        assert loopback.url in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(loopback.requests()) == 1


def test_what_came_is_said(ctgov, loopback):
    loopback.misbehave(Fault.html())
    with pytest.raises(Absurd, match="an HTML page, `Maintenance`"):
        ctgov.build()
    loopback.misbehave(Fault.empty_body())
    with pytest.raises(Absurd, match="an empty answer"):
        ctgov.build()
    loopback.misbehave(Fault.cut_json())
    with pytest.raises(Absurd, match=r"bytes that begin `\{"):
        ctgov.build()


def test_a_refused_question_is_told_in_the_registrys_words(ctgov, loopback):
    with pytest.raises(BadQuestion, match=r"ClinicalTrials\.gov does not understand the question: `.+`"):
        swept(ctgov.by_query({"advanced": "AREA[NoSuchArea]x"}))
    assert len(loopback.requests()) == 1


def test_the_data_build(ctgov, loopback):
    assert ctgov.build() == DataBuild(stamp=loopback.data_timestamp, day="2026-11-20")


# Sweeps that go wrong


def test_an_empty_page_with_a_token_is_no_end(ctgov, loopback):
    loopback.misbehave(Fault.empty_page(), skip=1, path=STUDIES)
    assert sorted(swept(ctgov.by_query({}))) == IDS
    assert len(loopback.requests(STUDIES)) == 4


@pytest.mark.parametrize(
    ("fault", "skip", "why"),
    [
        (Fault.expired_token(), 1, "no longer taken"),
        (Fault.missing(IDS[7]), 0, "11 records came, the registry counts 12"),
        (Fault.missing_share(0.5), 1, "the registry counts 12"),
        (Fault.repeated(), 1, "1 records came twice"),
        (Fault.unasked(small_record("NCT00000099")), 1, "13 records came"),
        (Fault.wrong_total(1), 0, "12 records came, the registry counts 13"),
        (Fault.wrong_total(-1), 0, "the registry counts 11"),
    ],
)
def test_a_sweep_that_is_not_whole_is_broken_after_what_came(ctgov, loopback, fault, skip, why):
    loopback.misbehave(fault, times=None if skip == 0 else 1, skip=skip, path=STUDIES)
    got: list[str] = []
    with pytest.raises(SweepBroken, match=why) as caught:
        swept(ctgov.by_query({}), into=got)
    assert caught.value.retryable
    assert len(got) >= 5
    assert len(set(got)) == len(got)


def test_a_build_that_changes_between_pages_breaks_the_sweep(ctgov, loopback):
    loopback.prepare("2026-11-23", removed=[IDS[3]])
    loopback.switch_after(pages=1)
    with pytest.raises(SweepBroken):
        swept(ctgov.by_query({}))
    assert len(swept(ctgov.by_query({}))) == 11


def test_a_token_refused_before_anything_came_starts_the_sweep_again(ctgov, loopback):
    loopback.misbehave(Fault.empty_page(), path=STUDIES)
    loopback.misbehave(Fault.expired_token(), path=STUDIES)
    assert sorted(swept(ctgov.by_query({}))) == IDS
    assert len(loopback.requests(STUDIES)) == 5


def test_a_bomb_is_absurd_and_halving_ends(loopback, clock):
    ctgov = asking(loopback, clock, page_cap=100_000)
    loopback.misbehave(Fault.bomb(5), times=None, path=STUDIES)
    with pytest.raises(Absurd, match="larger than"):
        swept(ctgov.by_query({}))
    assert [request.query["pageSize"] for request in loopback.requests()] == ["5", "2", "1"]


def test_pages_that_are_too_large_are_halved(loopback, clock):
    body = len(json.dumps(loopback.record(IDS[0]), separators=(",", ":")))
    ctgov = asking(loopback, clock, page_size=10, page_cap=body * 3)
    assert sorted(swept(ctgov.by_query({}))) == IDS
    loopback.forget()
    assert sorted(swept(ctgov.by_query({}))) == IDS
    assert {request.query["pageSize"] for request in loopback.requests()} == {"2"}


# Batches of ids


def in_batches(batches):
    return [(batch.asked, swept([batch.page])) for batch in batches]


def test_a_batch_too_large_is_halved(loopback, clock):
    body = len(json.dumps(loopback.record(IDS[0]), separators=(",", ":")))
    ctgov = asking(loopback, clock, page_size=1000, page_cap=int(body * 4.5))
    got = in_batches(ctgov.by_ids(IDS))
    assert [list(asked) for asked, _ in got] == [IDS[start : start + 3] for start in (0, 3, 6, 9)]
    assert sorted(id for _, ids in got for id in ids) == IDS


def test_one_bomb_does_not_halve_for_ever(loopback, clock):
    ctgov = asking(loopback, clock, page_cap=100_000)
    loopback.misbehave(Fault.bomb(5), times=None, path=STUDIES)
    with pytest.raises(Absurd, match="larger than"):
        in_batches(ctgov.by_ids(IDS))
    assert len(loopback.requests()) <= 4


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault.missing(IDS[2]), "counts"),
        (Fault.repeated(), "twice"),
        (Fault.unasked(small_record("NCT00000099")), "not asked for: `NCT00000099`"),
        (Fault.wrong_total(1), "1 records and counts 2"),
        (Fault.empty_page(), "more to follow"),
        (Fault.rewritten(lambda a: {"studies": a["studies"]}), "counts None"),
    ],
)
def test_a_batch_that_is_not_whole_is_not_believed(ctgov, loopback, fault, why):
    loopback.misbehave(fault, times=None, path=STUDIES)
    with pytest.raises(Absurd, match=why):
        in_batches(ctgov.by_ids(IDS[:5]))


def test_an_aliass_survivor_counts_as_asked_for(ctgov, loopback):
    loopback.publish("2026-11-23", aliases={IDS[0]: IDS[8]})
    [(asked, came)] = in_batches(ctgov.by_ids(IDS[:2]))
    assert (asked, set(came)) == ((IDS[0], IDS[1]), {IDS[1], IDS[8]})
    assert in_batches(ctgov.by_ids([IDS[0], IDS[8]])) == [((IDS[0], IDS[8]), [IDS[8]])]


def test_an_aliass_survivor_in_another_order_of_keys(ctgov, loopback):
    survivor = {
        "hasResults": False,
        "protocolSection": {"identificationModule": {"nctIdAliases": [IDS[0]], "nctId": "NCT00000055"}},
    }
    loopback.misbehave(Fault.raw(json.dumps({"studies": [survivor], "totalCount": 1}, indent=2).encode()))
    assert in_batches(ctgov.by_ids([IDS[0]])) == [((IDS[0],), ["NCT00000055"])]


def test_unknown_ids_are_simply_not_there(ctgov):
    assert in_batches(ctgov.by_ids([IDS[0], "NCT99999999"])) == [((IDS[0], "NCT99999999"), [IDS[0]])]


def test_ids_are_asked_once_in_their_canonical_form(ctgov, loopback):
    assert in_batches(ctgov.by_ids(["nct1", IDS[0], "NCT0000000001"])) == [((IDS[0],), [IDS[0]])]


# The rate


def test_the_polite_rate_is_kept_over_all_questions(loopback, clock):
    ctgov = asking(loopback, clock, requests_per_minute=50, page_size=1000)
    for _ in range(120):
        ctgov.build()
    assert clock.waited >= 60 * (120 - 50) / 50
