"""Slicing answers: on real ones, and in every way in which JSON may be written."""

import json

import pytest
from doubles.registry_data import PAGES, RECORDS
from hypothesis import given
from hypothesis import strategies as st

from monitor.registries.base import Absurd
from monitor.registries.ctgov_pages import aliases, names, sliced
from monitor.transport import Answer


def answer(body: bytes) -> Answer:
    return Answer(
        status=200,
        headers={"content-type": "application/json"},
        body=bytearray(body),
        url="http://registry/api/v2/studies",
    )


def named(trial: str, *others: str) -> dict:
    module = {"nctId": trial, **({"nctIdAliases": list(others)} if others else {}), "briefTitle": 'a "nctId"'}
    return {"protocolSection": {"identificationModule": module}, "hasResults": False}


@pytest.mark.registry_data
def test_real_records_are_cut_at_their_borders():
    files = sorted(RECORDS.glob("*.json"))[::23]
    if not files:
        pytest.skip("the shared real records are not here")
    raw = [file.read_bytes() for file in files]
    page = sliced(answer(b'{"totalCount":9,"studies":[' + b", ".join(raw) + b'],"nextPageToken":"t"}'))
    assert [bytes(record) for record in page.records] == [one.strip() for one in raw]
    assert [id.decode() for id in page.ids] == [file.stem for file in files]
    assert (page.next, page.total) == ("t", 9)


@pytest.mark.registry_data
def test_real_pages_are_understood():
    files = sorted(PAGES.glob("*.json"))
    if not files:
        pytest.skip("the shared real pages are not here")
    understood = 0
    for file in files:
        body = file.read_bytes()
        content = json.loads(body)
        if not isinstance(content, dict) or "studies" not in content:
            continue
        ids = [one["protocolSection"]["identificationModule"]["nctId"] for one in content["studies"]]
        page = sliced(answer(body))
        assert [id.decode() for id in page.ids] == ids
        assert [json.loads(bytes(record)) for record in page.records] == content["studies"]
        understood += 1
    assert understood > 5


@given(st.permutations(["protocolSection", "hasResults", "derivedSection"]), st.sampled_from([None, 1]))
def test_ids_are_found_in_any_order_and_layout(order, indent):
    record = named("NCT00000042", "NCT00000007")
    record["derivedSection"] = {"trap": {"nctId": "NCT00000001"}}
    shuffled = {key: record[key] for key in order}
    page = sliced(answer(json.dumps({"studies": [shuffled]}, indent=indent).encode()))
    assert page.ids == [b"NCT00000042"]
    assert aliases(page.records[0]) == ["NCT00000007"]
    assert names(answer(json.dumps(shuffled, indent=indent).encode())) == ("NCT00000042", ["NCT00000007"])


@pytest.mark.parametrize("trial", ["NCT1", "nct00000001", "NCT00000001 ", "", "NCT0000000１"])
def test_an_impossible_id_is_absurd(trial):
    with pytest.raises(Absurd, match="impossible id"):
        sliced(answer(json.dumps({"studies": [named(trial)]}).encode()))


@given(st.binary(max_size=60))
def test_whatever_bytes_come_are_a_page_or_absurd(body):
    try:
        sliced(answer(body))
    except Absurd as error:
        assert "\n" not in str(error)


def test_views_keep_the_page_alive_and_unchanged():
    whole = answer(json.dumps({"studies": [named("NCT00000042")]}).encode())
    page = sliced(whole)
    with pytest.raises(BufferError):
        whole.body.clear()
    assert b"NCT00000042" in bytes(page.records[0])
