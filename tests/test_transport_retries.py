"""When another try comes, and what Retry-After means."""

import pytest

from monitor.transport.retries import LONGEST_PAUSE, asked_pause, passing, pause


def test_pauses_double_and_jitter_over_their_upper_half():
    assert [pause(tries, lambda: 1.0) for tries in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert [pause(tries, lambda: 0.0) for tries in (1, 2, 3, 4)] == [0.5, 1, 2, 4]
    assert pause(50, lambda: 1.0) == LONGEST_PAUSE


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_another_try_may_mend(status):
    assert passing(status)


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 414])
def test_what_no_other_try_mends(status):
    assert not passing(status)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 0 "}, 0),
        (
            {"retry-after": "Fri, 20 Nov 2026 09:00:30 GMT", "date": "Fri, 20 Nov 2026 09:00:00 GMT"},
            30,
        ),
        (
            {"retry-after": "Fri, 20 Nov 2026 08:00:00 GMT", "date": "Fri, 20 Nov 2026 09:00:00 GMT"},
            0,
        ),
        ({"retry-after": "Fri, 20 Nov 2026 09:00:30 GMT"}, None),  # nobody's clock to measure it by
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "٣"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert asked_pause(headers) == seconds
