"""A slim record and the whole one of the same content have one digest, and what it should tell changes it."""

from __future__ import annotations

import copy
import json

import pytest
from doubles.ctgov_fields import asked_fields, partial
from doubles.registry_data import ABSENT, RECORDS, real_versions
from doubles.small_records import json_objects, raw, small_record
from doubles.study_records import study_records
from hypothesis import given
from hypothesis import strategies as st

from monitor.registries.base import Absurd
from monitor.registries.ctgov_slim import FIELDS, digest


def slim(record):
    """What the registry answers with `fields=`."""
    return json.loads(json.dumps(partial(record, asked_fields(FIELDS))))


def test_generated_records():
    digests = set()
    for record in study_records(60):
        assert digest(slim(record)) == digest(record) == digest(raw(slim(record)))
        assert len(raw(slim(record))) < 3000
        digests.add(digest(record))
    assert len(digests) == 60


def test_real_records():
    if not RECORDS.exists():
        pytest.skip(ABSENT)
    for path in sorted(RECORDS.glob("*.json"))[::5]:
        record = json.loads(path.read_bytes())
        assert digest(slim(record)) == digest(record)


def test_of_the_real_changes_it_tells_all_that_have_another_status_or_post_date():
    def told(record):
        status = record["protocolSection"]["statusModule"]
        return status.get("overallStatus"), status.get("lastUpdatePostDateStruct"), record.get("hasResults")

    before, pairs = {}, 0
    for row in real_versions():
        old, new = before.get(row["nctId"]), row["study"]
        if old is not None and told(old) != told(new):
            assert digest(old) != digest(new)
            pairs += 1
        before[row["nctId"]] = new
    assert pairs > 40


@given(json_objects(), json_objects(), st.booleans())
def test_empty_parts_count_as_absent_and_others_do_not(status, annotation, results):
    record = small_record()
    record["protocolSection"]["statusModule"] = status
    record |= {"annotationSection": annotation, "hasResults": results}
    assert digest(slim(record)) == digest(record)
    assert digest({**record, "documentSection": {"largeDocumentModule": {}}}) == digest(record)
    assert digest({**record, "documentSection": {"largeDocumentModule": {"x": 1}}}) != digest(record)


CHANGES = {
    "status": lambda one: one["protocolSection"]["statusModule"].update(overallStatus="UNKNOWN"),
    "last known": lambda one: one["protocolSection"]["statusModule"].update(lastKnownStatus="RECRUITING"),
    "why": lambda one: one["protocolSection"]["statusModule"].update(whyStopped="Money"),
    "date": lambda one: one["protocolSection"]["statusModule"].update(startDateStruct={"date": "2026-02"}),
    "results": lambda one: one.update(hasResults=True),
    "annotation": lambda one: one.update(
        annotationSection={"annotationModule": {"unpostedAnnotation": {"x": 1}}}
    ),
    "document": lambda one: one.update(documentSection={"largeDocumentModule": {"largeDocs": [{"size": 1}]}}),
    "submission": lambda one: one["derivedSection"]["miscInfoModule"].update(submissionTracking={"x": 1}),
    "alias": lambda one: one["protocolSection"]["identificationModule"].update(nctIdAliases=["NCT00000002"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_it_tells(change):
    record = small_record()
    other = copy.deepcopy(record)
    CHANGES[change](other)
    assert digest(slim(other)) == digest(other) != digest(record)


def test_the_data_builds_date_and_what_moves_the_post_date_are_not_in_it():
    record = small_record()
    assert digest(small_record(holder="2026-11-23")) == digest(record)
    assert digest(small_record(words="Other words.")) == digest(record)


@pytest.mark.parametrize("bad", [b"", b"[]", b"{", b'{"a":\xff}', b"[" * 100_000])
def test_what_is_no_object_is_absurd(bad):
    with pytest.raises(Absurd):
        digest(bad)
