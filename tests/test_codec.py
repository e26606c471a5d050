"""Bodies to compressed bytes and back."""

from __future__ import annotations

import random

import pytest
from doubles.small_records import raw, small_record
from hypothesis import given
from hypothesis import strategies as st

from snapshots import codec

BODY = st.binary(min_size=8, max_size=2000)
TRAINED = codec.train([raw(small_record(f"NCT{n:08}", words=f"Summary {n * 7919}" * 20)) for n in range(200)])


@given(BODY)
def test_a_body_alone_comes_back(body):
    assert codec.unpack(codec.pack(body)) == body
    assert TRAINED is not None
    trained = codec.Dictionary(TRAINED)
    assert codec.unpack(codec.pack(body, trained), trained) == body


@given(BODY, BODY, st.integers(0, 2000))
def test_a_leaning_body_comes_back(body, newer, cut):
    newer = body[:cut] + newer
    assert codec.unpack_against(codec.pack_against(body, newer), newer) == body


def test_a_leaning_body_is_little_more_than_the_difference():
    chance = random.Random(5)
    body = raw(small_record(words="".join(chance.choices("abcdefgh ", k=11_000))))
    newer = body.replace(b"RECRUITING", b"SUSPENDED")
    assert len(codec.pack_against(body, newer)) < 100 < 1000 < len(codec.pack(body))


def test_a_leaning_body_of_megabytes_finds_its_neighbour():
    chance = random.Random(7)
    body = chance.randbytes(4_000_000)
    newer = body[:1_000] + b"one word more" + body[1_000:]
    packed = codec.pack_against(body, newer)
    assert codec.unpack_against(packed, newer) == body
    assert len(packed) < 5_000


def test_another_neighbour_or_dictionary_is_not_taken_for_the_right_one():
    body = raw(small_record())
    packed = codec.pack_against(body, raw(small_record(status="SUSPENDED")))
    other = random.Random(3).randbytes(len(body))
    try:
        found = codec.unpack_against(packed, other)
    except codec.CodecError:
        found = None
    assert found != body  # which the hash beside every version then tells


def test_cut_and_foreign_bytes_are_an_error():
    packed = codec.pack(raw(small_record()))
    for broken in (b"", packed[:-1], b"not zstd at all"):
        with pytest.raises(codec.CodecError):
            codec.unpack(broken)


def test_no_dictionary_from_samples_too_few_or_too_small():
    assert codec.train([raw(small_record(f"NCT{n:08}")) for n in range(codec.FEWEST_SAMPLES - 1)]) is None
    assert codec.train([b""] * 99 + [b"1"]) is None


def test_a_dictionary_makes_small_bodies_smaller():
    assert TRAINED is not None
    assert len(TRAINED) <= codec.DICTIONARY_SIZE
    body = raw(small_record("NCT00009999"))
    assert len(codec.pack(body, codec.Dictionary(TRAINED))) < len(codec.pack(body)) / 2
