"""A batch of ids that fails says so, and hides no other id."""

from __future__ import annotations

import json

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.small_records import small_record

from monitor.registries.base import RegistryError, Unreachable
from monitor.registries.ctgov import SPLITS_IN_VAIN, CtgovRegistry

STUDIES = "/api/v2/studies"
IDS = [f"NCT{number:08}" for number in range(1, 13)]


@pytest.fixture
def loopback():
    with LoopbackRegistry([small_record(id) for id in IDS]) as registry:
        yield registry


def asking(loopback, **settings):
    return CtgovRegistry(url=loopback.url, requests_per_minute=100_000, wait=lambda _: False, **settings)


def came(batches):
    return [
        json.loads(bytes(raw))["protocolSection"]["identificationModule"]["nctId"]
        for batch in batches
        for raw in batch.page.records
    ]


@pytest.mark.parametrize("fault", [Fault.html(), Fault.cut_json(), Fault.raw(b"bad id", status=400)])
def test_a_batch_is_split_down_to_the_id_that_spoils_it(loopback, fault):
    ctgov = asking(loopback)
    loopback.misbehave(fault, times=None, path=STUDIES, where=lambda asked: IDS[6] in str(asked.query))
    batches = list(ctgov.by_ids(IDS))
    assert [one.asked for one in batches if isinstance(one.answer, RegistryError)] == [(IDS[6],)]
    whole = [batch for batch in batches if not isinstance(batch.answer, RegistryError)]
    assert sorted(came(whole)) == sorted({*IDS} - {IDS[6]})


def test_where_no_answer_is_any_good_splitting_ends(loopback):
    ctgov = asking(loopback)
    loopback.misbehave(Fault.html(), times=None, path=STUDIES)
    many = [f"NCT{number:08}" for number in range(1, 201)]
    assert sum(len(batch.asked) for batch in ctgov.by_ids(many)) == len(many)
    assert len(loopback.requests()) == 1 + 2 * SPLITS_IN_VAIN


def test_a_batch_that_gets_5xx_hides_no_later_one(loopback):
    ctgov = asking(loopback, ids_per_request=3)
    loopback.misbehave(
        Fault.broken(500), times=None, path=STUDIES, where=lambda asked: IDS[0] in str(asked.query)
    )
    batches = list(ctgov.by_ids(IDS))
    assert [one.asked for one in batches if isinstance(one.answer, Unreachable)] == [tuple(IDS[:3])]
    with pytest.raises(Unreachable):
        _ = batches[0].page
    assert sorted(came(batches[1:])) == IDS[3:]
