"""What every implementation of `Registry` promises, whoever answers it.

A new registry joins by one more fixture that gives a `World`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.small_records import small_record
from doubles.still_clock import StillClock

from monitor.demo.registry import DemoRegistry
from monitor.registries.base import (
    Absurd,
    BadQuestion,
    Begun,
    DataBuild,
    Found,
    MalformedId,
    Missing,
    Moved,
    NoHistory,
    Registry,
    RegistryError,
    SweepBroken,
    Unreachable,
)
from monitor.registries.ctgov import CtgovRegistry

PAGE_SIZE = 3


@dataclass(kw_only=True)
class World:
    """A registry that answers, and what is true in it."""

    registry: Registry
    trials: list[str]
    unknown: str
    malformed: str
    merged: dict[str, str] = field(default_factory=dict)
    some: dict[str, str]  # a query that some match, not all
    none: dict[str, str]  # a query that none match
    search: tuple[str, dict[str, str]]  # a search page's address and its query
    vanish: object  # a call after which nobody answers


@pytest.fixture
def loopback() -> Iterator[World]:
    trials = [f"NCT{number:08}" for number in range(1, 8)]
    records = [
        small_record(trial, status="COMPLETED" if trial in trials[:2] else "RECRUITING") for trial in trials
    ]
    with LoopbackRegistry(records) as answering:
        answering.publish("2026-11-23", aliases={trials[6]: trials[0]})
        yield World(
            registry=_ctgov(answering.url),
            trials=trials[:6],
            unknown="NCT09999999",
            malformed="NCT12X",
            merged={trials[6]: trials[0]},
            some={"status": "COMPLETED"},
            none={"status": "WITHDRAWN"},
            search=(
                answering.url + "/search?cond=pain&aggFilters=status:rec",
                {"cond": "pain", "agg": "status:rec"},
            ),
            vanish=answering.stop,
        )


@pytest.fixture
def demo() -> Iterator[World]:
    with DemoRegistry() as answering:
        trials = answering.trials()
        yield World(
            registry=_ctgov(answering.origin),
            trials=trials,
            unknown="NCT09999999",
            malformed="NCT12X",
            some={"id": trials[0]},
            none={"term": "zzzznothing"},
            search=(answering.origin + "/search?cond=pain", {"cond": "pain"}),
            vanish=answering.close,
        )


def _ctgov(url: str) -> CtgovRegistry:
    clock = StillClock()
    return CtgovRegistry(
        url=url, requests_per_minute=60_000, page_size=PAGE_SIZE, clock=clock.clock, wait=clock.wait
    )


@pytest.fixture(params=["loopback", "demo"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.getfixturevalue(request.param)
    return made


def id_of(world: World, raw: bytes | memoryview) -> str:
    record = json.loads(bytes(raw))
    assert isinstance(record, dict)
    trial = record["protocolSection"]["identificationModule"]["nctId"]
    assert isinstance(trial, str)
    return trial


def test_it_has_names(world: World) -> None:
    assert world.registry.name.isidentifier()
    assert world.registry.label


def test_an_id_is_known_in_every_dress(world: World) -> None:
    for trial in world.trials:
        assert world.registry.trial_id(trial) == trial
        assert world.registry.trial_id(f" {trial.lower()} ") == trial
        assert world.registry.trial_id(world.registry.url(trial)) == trial


def test_a_malformed_id_is_malformed_everywhere(world: World) -> None:
    registry = world.registry
    for ask in (
        lambda: registry.trial_id(world.malformed),
        lambda: registry.study(world.malformed),
        lambda: list(registry.by_ids([*world.trials, world.malformed])),
        lambda: registry.preview_ids([*world.trials, world.malformed], show=3),
        lambda: registry.history(world.malformed),
        lambda: registry.archived(world.malformed, 1),
    ):
        with pytest.raises(MalformedId) as caught:
            ask()
        assert f"`{world.malformed}`" in str(caught.value)


def test_a_search_address_is_a_query_and_other_texts_are_none(world: World) -> None:
    address, query = world.search
    assert world.registry.query_from_url(address) == query
    assert world.registry.query_from_url(world.trials[0]) is None
    assert world.registry.query_from_url(world.registry.url(world.trials[0])) is None


def test_the_build_is_a_stamp_and_its_day(world: World) -> None:
    build = world.registry.build()
    assert isinstance(build, DataBuild)
    assert build.stamp.startswith(build.day)
    assert len(build.day) == 10
    assert world.registry.build() == build


def test_one_record(world: World) -> None:
    answer = world.registry.study(world.trials[0])
    assert isinstance(answer, Found)
    assert isinstance(answer.raw, bytes)
    assert id_of(world, answer.raw) == world.trials[0]


def test_a_record_that_is_not_there(world: World) -> None:
    assert world.registry.study(world.unknown) == Missing()


def test_a_merged_record(world: World) -> None:
    for alias, survivor in world.merged.items():
        assert world.registry.study(alias) == Moved(to=survivor)
        [batch] = world.registry.by_ids([alias])
        assert [id_of(world, raw) for raw in batch.page.records] == [survivor]


def test_batches_cover_what_was_asked_and_hold_what_there_is(world: World) -> None:
    asked = [*world.trials, world.unknown]
    covered: list[str] = []
    came: list[str] = []
    for batch in world.registry.by_ids(asked):
        covered += batch.asked
        assert batch.page.total == len(batch.page.records)
        came += [id_of(world, raw) for raw in batch.page.records]
    assert covered == asked
    assert sorted(came) == sorted(world.trials)


def test_no_ids_are_no_batches(world: World) -> None:
    assert list(world.registry.by_ids([])) == []


def test_a_sweep_gives_each_record_once_and_the_total_on_its_first_page(world: World) -> None:
    totals: list[int | None] = []
    came: list[str] = []
    for page in world.registry.by_query({}):
        totals.append(page.total)
        came += [id_of(world, raw) for raw in page.records]
    assert sorted(came) == sorted(world.trials)
    assert totals == [len(world.trials)] + [None] * (len(totals) - 1)
    assert len(totals) > 1


def test_a_sweep_goes_on_from_any_of_its_pages(world: World) -> None:
    pages = list(world.registry.by_query({}))
    for at, page in enumerate(pages):
        assert page.progress is not None
        assert page.progress.arrived == sum(len(one.ids) for one in pages[: at + 1])
        assert page.progress.whole == (page is pages[-1])
        if page.progress.token is not None:
            seen = [id for one in pages[: at + 1] for id in one.ids]
            begun = Begun(progress=page.progress, ids=seen)
            rest = list(world.registry.by_query({}, begun=begun))
            assert [one.ids for one in rest] == [one.ids for one in pages[at + 1 :]]
            assert [one.total for one in rest] == [None] * len(rest)
            assert rest[-1].progress == pages[-1].progress


def test_what_a_sweep_that_goes_on_gives_again_is_not_sound(world: World) -> None:
    first = next(iter(world.registry.by_query({})))
    assert first.progress is not None
    begun = Begun(progress=first.progress, ids=world.trials)
    with pytest.raises(SweepBroken, match="came twice"):
        list(world.registry.by_query({}, begun=begun))


def test_a_token_that_is_not_taken_begins_the_sweep_again(world: World) -> None:
    first = next(iter(world.registry.by_query({})))
    assert first.progress is not None
    begun = Begun(progress=msgspec.structs.replace(first.progress, token="nonsense"), ids=first.ids)
    pages = list(world.registry.by_query({}, begun=begun))
    assert pages[0].total == len(world.trials)
    assert sorted(id for page in pages for id in page.ids) == sorted(world.trials)


def test_slim_records_have_the_digests_of_the_whole_ones(world: World) -> None:
    whole = {
        id: world.registry.slim_digest(raw)
        for page in world.registry.by_query({})
        for id, raw in zip(page.ids, page.records, strict=True)
    }
    slim = {
        id: world.registry.slim_digest(raw)
        for page in world.registry.slim()
        for id, raw in zip(page.ids, page.records, strict=True)
    }
    assert slim == whole
    assert len(set(whole.values())) == len(world.trials)
    posted = [id for page in world.registry.slim(since="2000-01-01") for id in page.ids]
    assert sorted(posted) == sorted(world.trials)
    assert [page.total for page in world.registry.slim(since="2099-01-01")] == [0]


def test_a_sweep_of_nothing_says_so(world: World) -> None:
    assert [(len(page.records), page.total) for page in world.registry.by_query(world.none)] == [(0, 0)]


def test_a_count_is_what_a_sweep_brings(world: World) -> None:
    for query in ({}, world.some, world.none):
        swept = sum(len(page.records) for page in world.registry.by_query(query))
        assert world.registry.count(query) == swept
    assert 0 < world.registry.count(world.some) < len(world.trials)


def test_a_preview_says_how_many_match_and_shows_the_newest(world: World) -> None:
    for query in ({}, world.some, world.none):
        swept = [json.loads(bytes(raw)) for page in world.registry.by_query(query) for raw in page.records]
        found = world.registry.preview(query, show=2)
        assert found.matches == len(swept)
        assert len(found.shown) == min(2, len(swept))
        published = {one["protocolSection"]["identificationModule"]["nctId"]: one for one in swept}
        newest = sorted((updated(one) for one in swept), reverse=True)
        assert [one.updated for one in found.shown] == newest[:2]
        for one in found.shown:
            protocol = published[one.trial]["protocolSection"]
            assert one.title == protocol["identificationModule"]["briefTitle"]
            assert one.status == protocol["statusModule"]["overallStatus"]
            assert list(one.phases) == protocol.get("designModule", {}).get("phases", [])
        assert found.requests == 2 + max(1, -(-len(swept) // PAGE_SIZE))


def test_a_preview_of_ids_says_which_are_not_there(world: World) -> None:
    asked = [*world.trials, world.unknown, *world.merged]
    found = world.registry.preview_ids(asked, show=3)
    assert found.matches == len(world.trials)
    assert len(found.shown) == 3
    assert {one.trial for one in found.shown} <= set(world.trials)
    assert found.missing == (world.unknown,)
    assert found.merged == world.merged


def updated(record: dict[str, Any]) -> str:
    day = record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
    assert isinstance(day, str)
    return day


def test_records_are_the_same_bytes_by_either_way(world: World) -> None:
    by_id = {
        id_of(world, raw): bytes(raw)
        for batch in world.registry.by_ids(world.trials)
        for raw in batch.page.records
    }
    swept = {id_of(world, raw): bytes(raw) for page in world.registry.by_query({}) for raw in page.records}
    assert by_id == swept
    alone = world.registry.study(world.trials[0])
    assert isinstance(alone, Found)
    assert json.loads(alone.raw) == json.loads(swept[world.trials[0]])


def test_a_wrong_query_is_a_bad_question(world: World) -> None:
    with pytest.raises(BadQuestion, match="`no-such-key`"):
        world.registry.by_query({"no-such-key": "x"})
    with pytest.raises(BadQuestion):
        world.registry.count({"advanced": "AREA[NoSuchArea]x"})
    with pytest.raises(BadQuestion):
        world.registry.preview({"advanced": "AREA[NoSuchArea]x"}, show=3)
    with pytest.raises(BadQuestion):
        for _ in world.registry.by_query({"advanced": "AREA[NoSuchArea]x"}):
            pass


def test_the_history_is_numbered_from_one_and_each_version_can_be_had(world: World) -> None:
    entries = world.registry.history(world.trials[0])
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.submitted for entry in entries] == sorted(entry.submitted for entry in entries)
    for entry in entries:
        record = world.registry.archived(world.trials[0], entry.number)
        assert id_of(world, json.dumps(record).encode()) == world.trials[0]
        assert record["protocolSection"]["statusModule"]["overallStatus"] == entry.status


def test_what_has_no_history(world: World) -> None:
    with pytest.raises(NoHistory):
        world.registry.history(world.unknown)
    with pytest.raises(NoHistory):
        world.registry.archived(world.trials[0], 0)
    with pytest.raises(NoHistory):
        world.registry.archived(world.trials[0], 9999)


def test_when_nobody_answers_every_question_is_unreachable(world: World) -> None:
    assert callable(world.vanish)
    world.vanish()
    registry, trial = world.registry, world.trials[0]
    for ask in (
        registry.build,
        lambda: registry.study(trial),
        lambda: [batch.page for batch in registry.by_ids([trial])],
        lambda: list(registry.by_query({})),
        lambda: registry.count({}),
        lambda: registry.preview({}, show=3),
        lambda: registry.preview_ids([trial], show=3),
        lambda: registry.history(trial),
        lambda: registry.archived(trial, 1),
    ):
        with pytest.raises(Unreachable) as caught:
            ask()
        assert caught.value.retryable
        assert "\n" not in str(caught.value)


def test_errors_say_whether_another_try_may_help() -> None:
    assert (Unreachable.retryable, Absurd.retryable) == (True, True)
    assert (BadQuestion.retryable, MalformedId.retryable, NoHistory.retryable) == (False, False, False)
    assert RegistryError("x", hint="y").hint == "y"
