"""Strict reading, the canonical form, and the two hashes."""

from __future__ import annotations

import json

import msgspec
import pytest
from doubles.registry_data import RECORDS
from doubles.small_records import exact, json_objects, raw, small_record
from hypothesis import given
from hypothesis import strategies as st

from snapshots.errors import NotAStudyRecord, NotJSON
from snapshots.facts import facts
from snapshots.record import MAX_DEPTH, canonical, content_hash, content_of, fingerprint, holder, parse


@given(json_objects())
def test_canonical_form_comes_back_as_it_was_types_and_all(record):
    assert exact(parse(canonical(record))) == exact(record)
    assert canonical(parse(canonical(record))) == canonical(record)


@given(json_objects(), st.booleans(), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_any_spelling_of_a_value_is_read_as_that_value(record, ascii_only, indent, sort_keys):
    spelt = json.dumps(record, ensure_ascii=ascii_only, indent=indent, sort_keys=sort_keys).encode()
    assert exact(parse(spelt)) == exact(record)
    assert canonical(parse(memoryview(spelt))) == canonical(record)


@given(json_objects())
def test_canonical_form_does_not_depend_on_the_order_of_keys(record):
    turned = dict(reversed(list(record.items())))
    assert canonical(turned) == canonical(record)


@pytest.mark.parametrize(
    "refused",
    [
        b"",
        b'{"a":1',
        b'{"a":1}x',
        b'{"a":1}{"a":1}',
        b"[1]",
        b"null",
        b'{"a":1,"a":1}',
        b'{"a":{"b":[{"c":1,"d":2,"c":3}]}}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a": 1e999}',
        b'{"a":"\\ud800"}',
        b'{"a": "\\udc00 "}',
        b'{"\\ud800":1}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' + b"9" * 5_000 + b"}",
        b'{"a":01}',
        b"{'a':1}",
    ],
)
def test_what_would_not_come_back_equal_is_refused(refused):
    with pytest.raises(NotJSON) as caught:
        parse(refused)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_nesting_to_the_limit_is_read():
    deep = b'{"a":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}"
    assert canonical(parse(deep)) == deep


def test_a_duplicate_key_is_named():
    with pytest.raises(NotJSON, match="`hasResults`"):
        parse(b'{"hasResults":true,"hasResults":false}')


def test_integers_of_any_size_are_kept_whole():
    record = parse(b'{"a":123456789012345678901234567890,"b":-9223372036854775809}')
    assert canonical(record) == b'{"a":123456789012345678901234567890,"b":-9223372036854775809}'


def test_content_leaves_out_the_data_builds_date_and_nothing_else():
    one, other = small_record(holder="2026-11-20"), small_record(holder="2026-11-23")
    assert content_hash(one) == content_hash(other)
    assert canonical(one) != canonical(other)
    assert one["derivedSection"]["miscInfoModule"] == {"versionHolder": "2026-11-20"}  # left as it was
    moved = small_record()
    moved["derivedSection"]["miscInfoModule"]["removedCountries"] = ["France"]
    assert content_hash(moved) != content_hash(one)
    elsewhere = [{**one, "versionHolder": day} for day in ("2026-11-20", "2026-11-23")]
    assert content_hash(elsewhere[0]) != content_hash(elsewhere[1])
    assert content_hash({"a": 1}) != content_hash({"a": 1.0}) != content_hash({"a": True})


def test_fingerprint_leaves_out_the_data_builds_date_and_nothing_else():
    one, other = (raw(small_record(holder=day)) for day in ("2026-11-20", "2026-11-23"))
    assert fingerprint(one) is not None
    assert fingerprint(one) == fingerprint(other) == fingerprint(memoryview(other))
    assert fingerprint(raw(small_record(status="SUSPENDED"))) != fingerprint(one)
    assert fingerprint(raw(small_record(hasResults=True))) != fingerprint(one)  # after the date
    spaced = json.dumps(small_record()).encode()
    assert fingerprint(spaced) == fingerprint(json.dumps(small_record(holder="2026-12-01")).encode())


LOOKALIKE = '{"derivedSection":{"miscInfoModule":{"versionHolder":"%s"}}}'


ODD = [
    small_record(holder=None),
    small_record(holder="soon"),
    small_record(holder="2026-11-20T00:00"),
    small_record(words=LOOKALIKE % "2026-11-20"),
    small_record(words="the versionHolder of a record"),
    small_record(holder=None, words=LOOKALIKE % "2026-11-20"),
    small_record(holder=None, words="," + LOOKALIKE[1:] % "2026-11-20"),
    {"x{": 1, 'a,"derivedSection': {"miscInfoModule": {"versionHolder": "2026-11-20"}}},
    small_record(holder=None, versionHolder="2026-11-20"),
    small_record(holder=None, annotationSection={"miscInfoModule": {"versionHolder": "2026-11-20"}}),
]


@pytest.mark.parametrize("record", ODD)
def test_no_fingerprint_where_the_date_does_not_stand_once_in_its_place(record):
    assert fingerprint(raw(record)) is None


@pytest.mark.parametrize(
    "record",
    [
        *ODD,
        small_record(),
        {**small_record(), "derivedSection": {"miscInfoModule": {"a": 1, "versionHolder": "2026-11-20"}}},
        {**small_record(), "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-20", "z": 1}}},
        {
            **small_record(),
            "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-20", "Z": 1, "z": 2}},
        },
        small_record(versionHolder="2026-11-20"),
        {"derivedSection": {"miscInfoModule": {"versionHolder": {"versionHolder": "2026-11-20"}}}},
    ],
)
def test_content_is_the_same_from_the_bytes_that_are_there(record):
    assert content_of(record, canonical(record)) == content_hash(record)


@given(json_objects(), json_objects(), st.none() | st.sampled_from(["2026-11-20", "", "x", 7]))
def test_content_is_the_same_from_the_bytes_of_anything(record, misc, day):
    if day is not None:
        record["derivedSection"] = {"miscInfoModule": {**misc, "versionHolder": day}}
    assert content_of(record, canonical(record)) == content_hash(record)


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.sampled_from(["2026-11-20", "2027-01-02"]))
def test_text_cannot_make_two_records_look_alike(words, day):
    """Whatever stands in a text: equal fingerprints, then equal content."""
    one = small_record(words=words + LOOKALIKE % "2026-11-20")
    other = small_record(words=words + LOOKALIKE % day)
    marks = fingerprint(raw(one)), fingerprint(raw(other))
    assert marks[0] is None or marks[0] != marks[1] or content_hash(one) == content_hash(other)


@given(
    st.dictionaries(st.sampled_from(["a", "removedCountries", "zz"]), json_objects(), max_size=3),
    st.sampled_from(["2026-11-20", "soon", 7, None]),
    st.one_of(json_objects(), st.just({"versionHolder": "2026-11-20"})),
    st.text(st.sampled_from('"\\:,{versionHolder2026-11-20'), max_size=40),
)
def test_content_cut_out_of_the_canonical_form_is_the_same(beside, day, more, words):
    misc = {**beside, "words": words} if day is None else {**beside, "versionHolder": day}
    record = {**more, "words": words, "derivedSection": {"miscInfoModule": misc}}
    assert content_of(record, canonical(record)) == content_hash(record)


def test_content_cut_out_of_real_records_is_the_same():
    for path in sorted(RECORDS.glob("*.json"))[::20] if RECORDS.exists() else ():
        record = parse(path.read_bytes())
        assert content_of(record, canonical(record)) == content_hash(record)


def test_holder_is_read_only_from_its_place():
    assert holder(small_record(holder="2026-11-20")) == "2026-11-20"
    assert holder(small_record(holder="yesterday")) is None
    assert holder({"derivedSection": []}) is None
    assert holder({"derivedSection": {"miscInfoModule": {"versionHolder": 20261120}}}) is None


def test_facts_are_what_the_record_says():
    read = facts(small_record())
    assert (read.trial, read.title, read.status) == ("NCT00000001", "Study NCT00000001", "RECRUITING")
    assert read.phase == "Phase 1/Phase 2"
    assert read.countries == ("France", "Switzerland")
    assert (read.enrollment, read.has_results, read.sponsor) == (42, False, "A Hospital")
    assert (read.updated, read.submitted, read.build) == ("2026-11-19", "2026-11-18", "2026-11-20")
    assert (read.start, read.completion, read.why_stopped) == ("2026-01", None, None)


@pytest.mark.parametrize(
    ("phases", "said"),
    [(["EARLY_PHASE1"], "Early phase 1"), (["NA"], None), ([], None), (["PHASE5"], "PHASE5")],
)
def test_phase_as_people_say_it(phases, said):
    record = small_record()
    record["protocolSection"]["designModule"]["phases"] = phases
    assert facts(record).phase == said


def test_unknown_enrolment_and_values_of_another_type_count_as_absent():
    record = small_record()
    design = record["protocolSection"]["designModule"]
    for count in (99999999, True, "42", None):
        design["enrollmentInfo"]["count"] = count
        assert facts(record).enrollment is None
    record["protocolSection"]["statusModule"] = ["RECRUITING"]
    assert facts(record).status is None


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"protocolSection": None},
        {"protocolSection": {"identificationModule": {"nctId": 7}}},
        {"protocolSection": {"identificationModule": {"nctId": "two words\n"}}},
    ],
)
def test_what_has_no_id_is_no_study_record(other):
    with pytest.raises(NotAStudyRecord) as caught:
        facts(other)
    assert caught.value.hint


@pytest.mark.registry_data
def test_real_records_are_read_recognised_and_kept():
    files = sorted(RECORDS.glob("NCT*.json"))[::7]
    if not files:
        pytest.skip("the shared registry data are not beside this checkout")
    for file in files:
        data = file.read_bytes()
        record = parse(data)
        assert exact(record) == exact(json.loads(data))
        body = canonical(record)
        assert body == json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        assert fingerprint(msgspec.json.encode(record)) is not None
        assert facts(record).trial == file.stem
