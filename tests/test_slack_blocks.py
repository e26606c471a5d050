"""What Slack is given: never refused for its length, nobody's words become markup, and people can read it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from doubles.slack_checks import assert_sound, shown, texts, urls_of
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from msgspec.structs import replace

from notifiers.message import Action, Item, Level, Link, Message
from notifiers.notifier import Placement
from notifiers.slack.blocks import CHANGES, metadata_id, render, size
from notifiers.slack.limits import ALL_BLOCKS, HEADER_TEXT, MESSAGE_TEXT
from notifiers.slack.text import disarm, escape, shorten, weigh
from notifiers.text import clean

ALERT = Message(
    id="ctgov:NCT07146087:changed:3-4",
    level=Level.CRITICAL,
    headline="Recruiting → Suspended: funding <lost> & regained",
    title="NCT07146087 · MSC-derived exosomes in progressive MS",
    subtitle="Biocells Medical · Early phase 1 · Suspended",
    items=(
        Item(
            level=Level.CRITICAL,
            label="Recruitment status",
            summary="Recruiting → Suspended",
            reason="recruitment stopped early",
            before="Recruiting",
            after="Suspended",
        ),
        Item(
            level=Level.MINOR, label="Why stopped", summary="Reason given", before=None, after="funding\nlost"
        ),
    ),
    facts=(("Submitted", "2026-11-20"), ("Posted", "2026-11-23"), ("Seen", "2026-11-23 09:12 UTC")),
    links=(
        Link(text="Record", url="https://clinicaltrials.gov/study/NCT07146087"),
        Link(text="x", url="javascript:1"),
    ),
    footer="ClinicalTrials.gov, build of 2026-11-23; not affiliated",
)


def test_an_alert_as_people_read_it() -> None:
    rendered = render(ALERT, Placement())
    assert rendered.text == snapshot(
        "🔴 Critical · Recruiting → Suspended: funding &lt;lost&gt; &amp; regained"
    )
    assert shown(rendered) == snapshot("""\
🔴 Critical · Recruiting → Suspended: funding <lost> & regained
NCT07146087 · MSC-derived exosomes in progressive MS
Biocells Medical · Early phase 1 · Suspended
🔴 Critical · Recruitment status: Recruiting → Suspended
recruitment stopped early
🟡 Minor · Why stopped: Reason given
Now: funding
lost
Submitted 2026-11-20 · Posted 2026-11-23 · Seen 2026-11-23 09:12 UTC
Record
ClinicalTrials.gov, build of 2026-11-23; not affiliated\
""")
    assert rendered.metadata == snapshot(
        {"event_type": "trialbell_message", "event_payload": {"id": "ctgov:NCT07146087:changed:3-4"}}
    )


def test_plain_is_text_alone() -> None:
    rendered = render(ALERT, Placement(plain=True, possible_repeat=True))
    assert rendered.blocks == []
    assert rendered.text == snapshot("""\
Possible repeat: whether this arrived before could not be found out.
🔴 Critical · Recruiting → Suspended: funding &lt;lost&gt; &amp; regained
NCT07146087 · MSC-derived exosomes in progressive MS
Biocells Medical · Early phase 1 · Suspended
Recruitment status: Recruiting → Suspended
Why stopped: Reason given
Submitted 2026-11-20 · Posted 2026-11-23 · Seen 2026-11-23 09:12 UTC
ClinicalTrials.gov, build of 2026-11-23; not affiliated
Record: https://clinicaltrials.gov/study/NCT07146087\
""")


def test_a_headline_too_long_for_the_header_goes_on_below_it_and_is_said_once() -> None:
    headline = "Recruiting → Suspended: " + "one two three four " * 12
    rendered = render(Message(id="m", level=Level.MAJOR, headline=headline), Placement())
    header, about, *_ = rendered.blocks
    first, rest = header["text"]["text"], "".join(texts(about))
    assert weigh(first) <= HEADER_TEXT and first.startswith("🟠 Major · Recruiting → ")
    assert f"{first.removesuffix('…')} {rest.removeprefix('… ')}" == f"🟠 Major · {headline.strip()}"


def test_a_long_headline_is_broken_between_what_it_tells() -> None:
    one, two = (
        "Primary outcome dropped while recruiting: " + "survival " * 6,
        "enrolment cut from 480 to 300" * 2,
    )
    header, about, *_ = render(
        Message(id="m", level=Level.MAJOR, headline=f"{one.strip()}; {two}"), Placement()
    ).blocks
    assert header["text"]["text"] == f"🟠 Major · {one.strip()}…"
    assert "".join(texts(about)) == f"… {two}"


@pytest.mark.parametrize(
    ("about", "rest"),
    [
        (
            "Primary outcome changed while recruiting",
            ": " + "pain at week 12 → " * 4 + "relapse at week 24 in those who",
        ),
        (
            "Primary outcome's time frame changed: week 24 → week 52",
            " (" + "complete renal response in " * 4 + "all)",
        ),
    ],
)
def test_before_and_after_and_what_stands_in_brackets_are_not_torn(about: str, rest: str) -> None:
    header, more, *_ = render(Message(id="m", level=Level.MAJOR, headline=about + rest), Placement()).blocks
    assert header["text"]["text"] == f"🟠 Major · {about}…"
    assert "".join(texts(more)) == f"… {rest.lstrip(': ')}"


def test_loud_replies_are_shown_in_the_channel() -> None:
    reply = Placement(reply_to={"channel": "C", "ts": "1"})
    loud = {level: render(Message(id="m", level=level, headline="h"), reply).broadcast for level in Level}
    assert [level for level, broadcast in loud.items() if broadcast] == [
        Level.CRITICAL,
        Level.MAJOR,
        Level.NOTICE,
    ]
    assert not render(ALERT, Placement()).broadcast


def test_a_stale_thread_is_linked() -> None:
    rendered = render(ALERT, Placement(), earlier="https://team.slack.com/archives/C1/p1")
    assert "Record · Earlier messages on this" in shown(rendered)
    assert (
        render(ALERT, Placement(), earlier="javascript:alert(1)").blocks == render(ALERT, Placement()).blocks
    )


def test_what_is_left_out_is_said() -> None:
    items = tuple(Item(level=Level.MINOR, label=f"Field {n}", summary="changed " * 90) for n in range(300))
    rendered = render(Message(id="m", level=Level.MAJOR, headline="300 changes", items=items), Placement())
    told = sum(1 for block in rendered.blocks if "Field" in "".join(texts(block)))
    assert told == CHANGES
    assert f"… and {300 - told} more" in shown(rendered)


HOSTILE = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "<!channel> <@U123ABC> <#C123|general> <https://evil.test|click>",
            "@here @channel *bold* _it_ ~no~ `code` ```block``` > quote :fire:",
            "http://evil.test mailto:a@b.test & &amp; &lt;",
            "\u202egnp.exe\u2066 \x00\x07\x1b[31m \ud800 \udfff",
            "𝒜" * 5_000,
            "&" * 20_000,
            "<>" * 10_000,
            "word " * 30_000,
            "x" * 100_000,
            "\n" * 500,
            "\t \u00a0",
            "é\u0301" * 2_000,
            '"' * 9_000,
            "\\" * 9_000,
            "",
        ]
    ),
)
ITEMS = st.builds(
    Item,
    level=st.sampled_from(Level),
    label=HOSTILE,
    summary=HOSTILE,
    reason=HOSTILE,
    before=st.none() | HOSTILE,
    after=st.none() | HOSTILE,
    link=st.none() | st.deferred(lambda: LINKS),
    details=st.lists(
        st.builds(Item, level=st.sampled_from(Level), label=HOSTILE, summary=HOSTILE), max_size=3
    ).map(tuple),
)
ACTIONS = st.builds(Action, name=HOSTILE, text=HOSTILE, value=HOSTILE, confirm=HOSTILE)
LINKS = st.builds(
    Link,
    text=HOSTILE,
    url=st.sampled_from(["https://a.test/", "http://b.test/" + "q" * 2_900, "x:y", "https://a b|c"]),
)
MESSAGES = st.builds(
    Message,
    id=HOSTILE,
    level=st.sampled_from(Level),
    headline=HOSTILE,
    title=HOSTILE,
    subtitle=HOSTILE,
    items=st.one_of(st.lists(ITEMS, max_size=4), ITEMS.map(lambda item: [item] * 200)).map(tuple),
    facts=st.lists(st.tuples(HOSTILE, HOSTILE), max_size=12).map(tuple),
    links=st.lists(LINKS, max_size=8).map(tuple),
    actions=st.lists(ACTIONS, max_size=30).map(tuple),
    continued=st.integers(0, 1),
    footer=HOSTILE,
)
PLACEMENTS = st.builds(Placement, plain=st.booleans(), possible_repeat=st.booleans())


@settings(max_examples=60)
@given(MESSAGES, PLACEMENTS, st.sampled_from([None, "https://t.slack.com/archives/C1/p1"]))
def test_nothing_is_refused_for_its_length_and_no_words_become_markup(
    message: Message, placement: Placement, earlier: str | None
) -> None:
    rendered = render(message, placement, earlier=earlier, interactive=True)
    assert_sound(rendered, urls_of(message) | {earlier})


@given(st.text(), st.integers(0, 300))
def test_shortened_text_fits_and_begins_alike(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert weigh(short) <= limit
    assert short == text or (short == "" or (short.endswith("…") and text.startswith(short[:-1])))


def test_shortened_at_borders_of_words() -> None:
    assert shorten("one two three", 10) == "one two…"
    assert shorten("one two three", 8) == "one two…"
    assert shorten("one two three", 13) == "one two three"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"
    assert shorten("&&&&", 11) == "&&…"


def test_clean_escape_disarm() -> None:
    assert clean("a\r\nb\t c\u202e\x00") == "a b c"
    assert clean("a  \nb\n\n", lines=True) == "a\nb"
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    words = "http://evil.test www.evil.test evil.test a@evil.test mailto:a tel:1 0.05 e.g. :fire:"
    assert disarm(words).replace("\u2060", "|") == (
        "http:|//evil|.test www|.evil|.test evil|.test a|@evil|.test mailto:|a tel:|1 0.05 e.g. :|fire:"
    )
    assert disarm("ClinicalTrials.gov http://x", ours=True) == "ClinicalTrials.gov http:\u2060//x"


@given(st.text(), st.text())
def test_ids_are_told_apart(a: str, b: str) -> None:
    one, two = (metadata_id(Message(id=id_, level=Level.MINOR, headline="")) for id_ in (a, b))
    assert (one == two) == (a == b)


def test_of_one_thing_that_changed_the_sentence_is_said_once() -> None:
    item = Item(
        level=Level.MAJOR, label="Primary outcomes", summary="Outcome changed", reason="why", after="x"
    )
    once = replace(ALERT, headline="NCT07146087: Outcome changed", items=(item,))
    assert shown(render(once, Placement())).count("Outcome changed") == 1


def test_the_id_is_said_once_in_the_title() -> None:
    rendered = render(replace(ALERT, headline="NCT07146087: Recruiting → Suspended"), Placement())
    assert shown(rendered).count("NCT07146087") == 1
    assert (
        rendered.text == "🔴 Critical · NCT07146087: Recruiting → Suspended"
    )  # on the phone there is no title


REPEATED = "Possible repeat: whether this arrived before could not be found out"


def test_a_possible_repeat_is_said_in_the_blocks_and_in_the_text() -> None:
    """On the phone and in the channel."""
    rendered = render(ALERT, Placement(possible_repeat=True))
    assert REPEATED in texts(rendered.blocks)
    assert rendered.text.startswith(f"{REPEATED}. 🔴 Critical · Recruiting")
    once = render(ALERT, Placement())
    assert REPEATED not in texts(once.blocks) and REPEATED not in once.text


def test_no_address_in_somebodys_words_can_be_clicked() -> None:
    for plain in (False, True):
        words = "see https://evil.test/login and http://b.test"
        message = replace(ALERT, headline=words, title=words)
        text = render(message, Placement(plain=plain)).text
        ours = ALERT.links[0].url if plain else ""
        assert "evil\u2060.test" in text and "://" not in text.replace(ours or "-", "")


def test_what_is_escaped_is_never_cut_in_two() -> None:
    """Shortened first, then escaped: `&am…` would be shown as it stands."""
    for tail in range(12):
        message = replace(ALERT, headline="x" * (3_980 + tail) + "&<>" * 30)
        text = render(message, Placement()).text
        assert re.fullmatch(r"(?:[^&<>]|&(?:amp|lt|gt);)*", text), text[-30:]
        assert len(text) < MESSAGE_TEXT


def buttons(*actions: Action) -> list[list[dict[str, Any]]]:
    blocks = render(replace(ALERT, actions=actions), Placement(), interactive=True).blocks
    return [block["elements"] for block in blocks if block["type"] == "actions"]


MUTE = Action(name="mute-trial", text="Mute trial", value="ctgov:NCT07146087", confirm="Mute it for 30 days?")


def test_buttons_are_there_where_somebody_hears_them() -> None:
    assert buttons(MUTE) == snapshot(
        [
            [
                {
                    "type": "button",
                    "action_id": "mute-trial",
                    "text": {"type": "plain_text", "text": "Mute trial", "emoji": False},
                    "value": "ctgov:NCT07146087",
                    "confirm": {
                        "title": {"type": "plain_text", "text": "Mute trial", "emoji": False},
                        "text": {"type": "plain_text", "text": "Mute it for 30 days?", "emoji": False},
                        "confirm": {"type": "plain_text", "text": "Mute trial", "emoji": False},
                        "deny": {"type": "plain_text", "text": "Cancel", "emoji": False},
                    },
                }
            ]
        ]
    )
    assert not any(
        block["type"] == "actions" for block in render(replace(ALERT, actions=(MUTE,)), Placement()).blocks
    )


def test_buttons_stand_in_rows_of_five_up_to_twenty_five() -> None:
    many = [Action(name=f"a{number}", text="x", value="v") for number in range(40)]
    assert [len(row) for row in buttons(*many[:7])] == [5, 2]
    assert sum(len(row) for row in buttons(*many)) <= 25
    heavy = [Action(name=f"a{number}", text="x", value='"' * 1_000) for number in range(25)]
    rendered = render(replace(ALERT, actions=tuple(heavy)), Placement(), interactive=True)
    assert size(rendered.blocks) <= ALL_BLOCKS


def test_a_button_that_slack_would_refuse_is_left_out_and_a_long_text_is_shortened() -> None:
    refused = [
        replace(MUTE, name=""),
        replace(MUTE, name="n" * 256),
        replace(MUTE, value="v" * 2_001),
        replace(MUTE, value="\ud800"),
        replace(MUTE, text=" "),
    ]
    assert buttons(*refused) == []
    assert len(buttons(MUTE, replace(MUTE, value="other"))[0]) == 1
    (((button),),) = buttons(replace(MUTE, text="Mute " * 40, confirm="Sure? " * 90))
    assert len(button["text"]["text"]) <= 75
    assert [len(button["confirm"][key]["text"]) <= most for key, most in (("title", 100), ("text", 300))] == [
        True
    ] * 2
    assert len(button["confirm"]["confirm"]["text"]) <= 30
