"""What is read off an envelope: only what is needed, and no address to answer to but Slack's own."""

from __future__ import annotations

import copy

import pytest

from notifiers.slack.interactions import LONGEST, interaction_of

API = "https://slack.com/api/"
COMMAND = {
    "envelope_id": "e1",
    "type": "slash_commands",
    "payload": {
        "command": "/trial",
        "text": "NCT07146087",
        "user_id": "U1",
        "user_name": "anna",
        "channel_id": "C1",
        "response_url": "https://hooks.slack.com/commands/T1/2/x",
    },
}


def read(api=API, **payload):
    envelope = copy.deepcopy(COMMAND)
    envelope["payload"] |= payload
    return interaction_of(envelope, api_url=api)


@pytest.mark.parametrize(
    ("api", "address", "good"),
    [
        (API, "https://hooks.slack.com/commands/1", True),
        (API, "https://slack.com/x", True),
        (API, "http://hooks.slack.com/commands/1", False),
        (API, "https://hooks.slack.com.evil.test/x", False),
        (API, "https://evilslack.com/x", False),
        (API, "https://evil.test/hooks.slack.com", False),
        (API, "https://127.0.0.1/x", False),
        (API, "file:///etc/passwd", False),
        (API, "https://[bad", False),
        (API, "", False),
        (API, 7, False),
        ("https://slack-gov.com/api/", "https://hooks.slack-gov.com/x", True),
        ("https://slack-gov.com/api/", "https://hooks.slack.com/x", False),
        ("http://127.0.0.1:8080/api/", "http://127.0.0.1:8080/x", True),
        ("http://127.0.0.1:8080/api/", "https://hooks.slack.com/x", False),
    ],
)
def test_answers_go_to_slack_and_nowhere_else(api, address, good):
    assert read(api, response_url=address).respond_to == (address if good else None)


@pytest.mark.parametrize("lacking", ["command", "user_id", "channel_id"])
def test_what_lacks_a_part_is_none(lacking):
    for nothing in ("", None, 7, {}, []):
        assert read(**{lacking: nothing}) is None


def test_a_person_without_a_name_goes_by_the_id():
    assert read(user_name=None).person == "U1"


def test_no_text_is_too_long_or_no_text_at_all():
    found = read(text="\ud800" + "x" * 100_000)
    assert len(found.value) == LONGEST + 1 and found.cut
    found.value.encode()
    assert not read(text="x" * LONGEST).cut


@pytest.mark.parametrize("envelope", [{}, {"envelope_id": "e"}, {"envelope_id": "e", "payload": []}])
def test_what_is_no_envelope_is_none(envelope):
    assert interaction_of(envelope, api_url=API) is None
    assert interaction_of({**envelope, "type": "slash_commands"}, api_url=API) is None
