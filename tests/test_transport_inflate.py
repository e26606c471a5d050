"""Bodies: one layer of gzip, whole or refused, and never more than the cap."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.transport.inflate import STEP, body_for
from monitor.transport.problems import Broken, TooLarge, Unreadable


@given(st.binary(max_size=5000), st.integers(1, 40), st.sampled_from(["gzip", "identity", "", "X-GZIP"]))
def test_a_body_comes_back_however_it_is_cut(data, cut, encoding):
    sent = gzip.compress(data) if "gzip" in encoding.lower() else data
    body = body_for(encoding, cap=10_000)
    for start in range(0, len(sent), cut):
        body.feed(sent[start : start + cut])
    body.finish()
    assert bytes(body.whole) == data


@pytest.mark.parametrize("size", [STEP - 1, STEP, STEP + 1, 3 * STEP])
def test_output_that_ends_on_a_step_is_not_lost(size):
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    body = body_for("gzip", cap=10 * STEP)
    body.feed(gzip.compress(data))
    body.finish()
    assert bytes(body.whole) == data


def test_a_bomb_is_refused_after_one_step_past_the_cap():
    bomb = gzip.compress(b" " * 300_000_000, 9)
    body = body_for("gzip", cap=1_000_000)
    with pytest.raises(TooLarge, match="976 KB"):
        body.feed(bomb)
    assert len(body.whole) <= 1_000_000 + STEP


def test_an_uncompressed_body_has_the_same_cap():
    body = body_for("", cap=100)
    with pytest.raises(TooLarge):
        body.feed(b"x" * 101)


@pytest.mark.parametrize("encoding", ["deflate", "br", "zstd", "gzip, gzip"])
def test_what_was_not_asked_for_is_refused(encoding):
    with pytest.raises(Unreadable, match="was not asked for"):
        body_for(encoding, cap=100)


def test_two_layers_are_not_undone():
    inner = gzip.compress(b"{}")
    body = body_for("gzip", cap=1000)
    body.feed(gzip.compress(inner))
    body.finish()
    assert bytes(body.whole) == inner


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (gzip.compress(b"{}" * 500)[:-9], "cut short"),
        (gzip.compress(b"{}") + b"tail", "after its end"),
        (gzip.compress(b"{}") + gzip.compress(b"{}"), "after its end"),
        (b"not gzip at all", "damaged"),
        (zlib.compress(b"{}"), "damaged"),
        (gzip.compress(b"{}")[:-8] + b"\0" * 8, "damaged"),
        (b"", "cut short"),
    ],
    ids=["its end missing", "a tail", "two members", "not gzip", "zlib", "a wrong checksum", "empty"],
)
def test_a_stream_that_is_not_whole_is_broken(sent, why):
    body = body_for("gzip", cap=10_000)
    with pytest.raises(Broken, match=why):
        body.feed(sent)
        body.finish()


def test_a_tail_in_a_piece_of_its_own_is_noticed():
    body = body_for("gzip", cap=10_000)
    body.feed(gzip.compress(b"{}"))
    with pytest.raises(Broken, match="after its end"):
        body.feed(b"tail")
