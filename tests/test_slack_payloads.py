"""Payloads for Slack of all that is ever told, and of whatever a record holds: valid by checkers of others."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from doubles.change_cases.record import base
from doubles.slack_checks import assert_sound, shown, urls_of
from doubles.slack_types import deviations
from doubles.told_messages import ACTIONS, alert, all_messages, event_of
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from notifiers.message import Item, Level, Message
from notifiers.notifier import Placement
from notifiers.slack.blocks import Rendered, render
from notifiers.slack.parts import parts

PLACEMENTS = (Placement(possible_repeat=True), Placement(plain=True))
EARLIER = "https://team.slack.com/archives/C0123456789/p1790000000000001"


def payloads(message: Message) -> list[tuple[Message, Rendered]]:
    """A message and what goes on after it, wherever it may stand."""
    made = parts(replace(message, actions=ACTIONS))
    return [
        (one, render(one, placement, earlier=EARLIER, interactive=True))
        for one in made
        for placement in PLACEMENTS
    ]


def assert_valid(message: Message) -> None:
    for one, rendered in payloads(message):
        assert_sound(rendered, urls_of(one) | {EARLIER})


def unlike_slacks_types(message: Message) -> list[str]:
    return [
        wrong for _, rendered in payloads(message) for block in rendered.blocks for wrong in deviations(block)
    ]


def test_whatever_is_told_is_valid_by_slackblocks_and_slack_sdk() -> None:
    told = list(all_messages())
    for _, message in told:
        assert_valid(message)
    assert len(told) > 700


@pytest.mark.slack_types
def test_whatever_is_told_is_as_slacks_own_types_say() -> None:
    wrong = {name: found for name, message in all_messages() if (found := unlike_slacks_types(message))}
    assert wrong == {}


# No lone surrogates: a record that holds one is set apart before it is compared. `test_slack_blocks` has them.
NASTY = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60),
    st.text(alphabet=st.characters(categories=["Cc", "Cf", "Co", "Mn", "So", "Zl", "Zp"]), max_size=40),
    st.sampled_from(
        [
            "<!channel> <!here> <!everyone> <@U012ABCDEF> <#C012ABCDEF|general> <!subteam^S1|team>",
            "<https://evil.test|click me> [click](https://evil.test) https://evil.test/?a=b&c=d mailto:a@b.test",
            "*bold* _italic_ ~gone~ `code` ```block``` > quote\n>>> more :fire: :skin-tone-2:",
            "\u202egnp.exe\u2066 \u200f\u061c اختبار עברית \u2069",
            "👩‍👩‍👧‍👦🏳️‍🌈🇨🇭 é́́́ 𝒜𝒷",
            "\u200b\u200c\u200d\u2060\ufeff",
            "\x00\x07\x1b[31mred\x1b[0m\r\n\x85\u2028\u2029",
            "word " * 6_400,
            "x" * 32_000,
            "&" * 32_000,
            '<"\\>' * 8_000,
            "\n" * 3_000 + "end",
            "",
            " ",
        ]
    ),
)


@st.composite
def records(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two versions of a record, of which the newer holds such texts in the places that are told."""
    old = base()
    new = copy.deepcopy(old)
    protocol = new["protocolSection"]
    protocol["identificationModule"]["briefTitle"] = draw(NASTY)
    protocol["sponsorCollaboratorsModule"]["leadSponsor"] = {"name": draw(NASTY), "class": "INDUSTRY"}
    protocol["statusModule"]["overallStatus"] = draw(
        st.sampled_from(["SUSPENDED", "TERMINATED", "<!channel>"])
    )
    protocol["statusModule"]["whyStopped"] = draw(NASTY)
    outcomes = protocol["outcomesModule"]["primaryOutcomes"]
    outcomes.append({"measure": draw(NASTY), "timeFrame": draw(NASTY), "description": draw(NASTY)})
    outcomes[0] = {**outcomes[0], "description": draw(NASTY)}
    protocol["eligibilityModule"]["eligibilityCriteria"] = draw(NASTY)
    protocol["contactsLocationsModule"]["locations"][0]["facility"] = draw(NASTY)
    protocol["descriptionModule"]["briefSummary"] = draw(NASTY)
    protocol["aFieldOfTomorrow"] = {"<!here>": draw(NASTY)}
    return old, new


@settings(max_examples=20)
@given(records())
def test_whatever_text_a_record_holds_the_payload_is_valid_and_inert(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    event = event_of(*pair)
    assert event is not None
    assert_valid(alert(event))


@pytest.mark.slack_types
@settings(max_examples=8)
@given(records())
def test_whatever_text_a_record_holds_the_payload_is_as_slacks_own_types_say(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    event = event_of(*pair)
    assert event is not None
    assert unlike_slacks_types(alert(event)) == []


def bare(*blocks: dict[str, Any], text: str = "t") -> Rendered:
    return Rendered(text=text, blocks=list(blocks), metadata={"event_payload": {"id": "m"}}, broadcast=False)


def rich(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


@pytest.mark.parametrize(
    "rendered",
    [
        bare({"type": "header", "text": {"type": "plain_text", "text": "x" * 151, "emoji": False}}),
        bare({"type": "header", "text": {"type": "plain_text", "text": ":fire:", "emoji": True}}),
        bare({"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}}),
        bare({"type": "context", "elements": [{"type": "mrkdwn", "text": "*a*"}]}),
        bare(rich({"type": "link", "url": "https://evil.test", "text": "x"})),
        bare(rich({"type": "user", "user_id": "U1"})),
        bare(rich({"type": "text", "text": "\ud800"})),
        bare(rich({"type": "text", "text": "x" * 12_001})),
        bare(text="<!channel>"),
        bare(text="see https://evil.test"),
        bare(*[rich({"type": "text", "text": "x"})] * 51),
    ],
)
def test_the_checks_see_what_they_are_there_for(rendered: Rendered) -> None:
    with pytest.raises((AssertionError, UnicodeEncodeError)):
        assert_sound_or_refused(rendered)


def assert_sound_or_refused(rendered: Rendered) -> None:
    try:
        assert_sound(rendered, {"https://ours.test"})
    except (AssertionError, UnicodeEncodeError):
        raise
    except Exception as error:  # a checker's own
        raise AssertionError(str(error)) from error


@pytest.mark.slack_types
@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": {"type": "plain_text", "text": "x"}, "more": 1},
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        rich({"type": "text", "text": 1}),
        rich({"type": "text", "text": "x", "style": {"loud": True}}),
        {"type": "actions", "elements": [{"type": "button", "text": "x"}]},
    ],
)
def test_slacks_types_see_what_they_are_there_for(block: dict[str, Any]) -> None:
    assert deviations(block) != []


def test_a_mention_in_a_record_is_shown_as_words() -> None:
    words = "<!channel> <https://evil.test|click>"
    item = Item(level=Level.MAJOR, label="Title", summary=words, after=words * 2)
    message = Message(id="m", level=Level.MAJOR, headline=words, title=words, items=(item,), footer=words)
    assert words in shown(render(message, Placement()))
    assert "&lt;!channel&gt;" in render(message, Placement()).text
