"""A page that is no JSON as a whole is cut into the same records that a reader of JSON would find."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.registries.ctgov_cutting import cut

TEXT = st.text(st.sampled_from('ab"\\{}[],: studies\u2028é'), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXT, below, max_size=3),
    max_leaves=12,
)
STUDIES = st.lists(st.dictionaries(TEXT, VALUES, min_size=1, max_size=4), max_size=5)


class Page(msgspec.Struct):
    studies: list[msgspec.Raw]


@given(STUDIES, st.sampled_from([None, 1]), st.booleans())
def test_what_is_json_is_cut_where_a_reader_cuts_it(studies, indent, token_first):
    rest = {"nextPageToken": 'a"b', "totalCount": 3}
    page = {**rest, "studies": studies} if token_first else {"studies": studies, **rest}
    body = json.dumps(page, indent=indent).encode()
    around, found = cut(bytearray(body))
    assert json.loads(around) == {**rest, "studies": []}
    assert [bytes(one) for one in found] == [
        bytes(one) for one in msgspec.json.decode(body, type=Page).studies
    ]


@pytest.mark.parametrize("bad", ["NaN", "[" * 3000 + "]" * 3000, r'"\ud83d"', '{"a":1,"a":1}', "12abc"])
def test_a_record_that_is_no_json_is_one_among_the_others(bad):
    body = f'{{"studies":[{{"a":1}},{{"b":{bad}}},{{"c":3}}],"totalCount":3}}'.encode()
    around, found = cut(bytearray(body))
    assert json.loads(around) == {"studies": [], "totalCount": 3}
    assert [bytes(one) for one in found] == [b'{"a":1}', b'{"b":%b}' % bad.encode(), b'{"c":3}']


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "<html></html>",
        '{"studies":[{"a":1},{"b":',
        '{"studies":[{"a":1}',
        '{"studies":[{"a":1}]',
        '{"studies":[{"a":1} {"b":2}]}',
        '{"studies":[{"a":1},NaN]}',
        '{"studies":[1,{"a":1}]}',
        '{"studies":[{"a":1}],"studies":[{"b":1}]}',
        '{"x":{"studies":[{"a":1}]}}',
        '{"studies":{"a":[1]}}',
        '{"studies":[{"a":1}]}"',
        '{"studies":[{"a":1}]}"b\\',
        '{"studies":[{"a":1}]} "b\\"',
    ],
)
def test_a_page_without_sound_borders_is_not_cut(body):
    assert cut(bytearray(body.encode())) is None


@pytest.mark.parametrize("end", ["", "\\", "a"])
def test_a_string_cut_short_amid_its_escapes_is_read_once(end):
    """Two million of them: from each quote on anew to the end, as a plain pattern goes, would take days."""
    body = '{"studies":[{"a":1},{"b":"' + '\\"' * 2_000_000 + end
    assert cut(bytearray(body.encode())) is None
