"""Messages as a person would see them in Slack, drawn for a terminal: snapshots, and hostile text."""

from __future__ import annotations

import io
from typing import Any

import pytest
from inline_snapshot import snapshot
from rich.cells import cell_len
from rich.console import Console

from monitor.demo import transcript
from notifiers.message import Item, Level, Link, Message
from notifiers.notifier import Placement
from notifiers.slack import blocks as slack_blocks

AT = "1794993600.000000"  # Wednesday 18 November 2026, 09:20 UTC


def posted(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"ts": AT, "username": "trialbell", "text": "fallback", "blocks": list(blocks), **more}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def section(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, "style": style}


ALERT = Message(
    id="m1",
    level=Level.CRITICAL,
    headline="Recruiting → Suspended: Recruitment is on hold",
    title="NCT07146087 · Exosome Therapy for Progressive Multiple Sclerosis",
    subtitle="Biocells Medical · Early phase 1 · Suspended",
    items=(
        Item(
            level=Level.CRITICAL,
            label="Recruitment status",
            summary="Recruiting → Suspended",
            reason="recruitment stopped early",
            before="RECRUITING",
            after="SUSPENDED",
        ),
    ),
    facts=(("Submitted", "2026-11-16"), ("Posted", "2026-11-18")),
    links=(Link(text="Registry record", url="http://127.0.0.1:9/study/NCT07146087"),),
    footer="ClinicalTrials.gov, build of 2026-11-18; not affiliated",
)


def alert(**more: Any) -> dict[str, Any]:
    rendered = slack_blocks.render(ALERT, Placement())
    return {"ts": AT, "username": "trialbell", "text": rendered.text, "blocks": rendered.blocks, **more}


def test_an_alert() -> None:
    assert transcript.render(alert(), 80) == snapshot("""\
▌ trialbell APP  Wed 18 Nov, 09:20 UTC
▌ 🔴 Critical · Recruiting → Suspended: Recruitment is on hold
▌ NCT07146087 · Exosome Therapy for Progressive Multiple Sclerosis
▌ Biocells Medical · Early phase 1 · Suspended
▌ Recruitment status: Recruiting → Suspended
▌ recruitment stopped early
▌ │ Was: RECRUITING
▌ │ Now: SUSPENDED
▌ Submitted 2026-11-16 · Posted 2026-11-18
▌ Registry record (http://127.0.0.1:9/study/NCT07146087)
▌ ClinicalTrials.gov, build of 2026-11-18; not affiliated
""")


def test_a_reply_stands_further_in_and_wraps() -> None:
    assert transcript.render(alert(thread_ts="1"), 44) == snapshot("""\
  ↳ ▌ trialbell APP  Wed 18 Nov, 09:20 UTC
    ▌ · reply in the thread
    ▌ 🔴 Critical · Recruiting → Suspended:
    ▌ Recruitment is on hold
    ▌ NCT07146087 · Exosome Therapy for
    ▌ Progressive Multiple Sclerosis
    ▌ Biocells Medical · Early phase 1 ·
    ▌ Suspended
    ▌ Recruitment status: Recruiting →
    ▌ Suspended
    ▌ recruitment stopped early
    ▌ │ Was: RECRUITING
    ▌ │ Now: SUSPENDED
    ▌ Submitted 2026-11-16 · Posted
    ▌ 2026-11-18
    ▌ Registry record
    ▌ (http://127.0.0.1:9/study/NCT07146087)
    ▌ ClinicalTrials.gov, build of
    ▌ 2026-11-18; not affiliated
""")


def test_a_reply_that_is_shown_in_the_channel_too_says_so() -> None:
    message = posted(section(), thread_ts="1", subtype="thread_broadcast", text="x")
    assert "also sent to the channel" in transcript.render(message, 100)


def test_every_kind_of_block() -> None:
    message = posted(
        {"type": "header", "text": {"type": "plain_text", "text": ":bell: Heading", "emoji": True}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*bold* _it_ ~gone~ `code` <http://x.org|link> :bell:"},
        },
        {"type": "divider"},
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Phase*\nEarly phase 1"},
                {"type": "plain_text", "text": "Enrolment\n20"},
                {"type": "plain_text", "text": "alone"},
            ],
        },
        rich(
            section(
                text("plain "), text("bold", bold=True), {"type": "emoji", "name": "large_orange_circle"}
            ),
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [section(text("first")), section(text("second"))],
            },
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section(text("nested"))]},
            {"type": "rich_text_quote", "elements": [text("quoted\nin two lines")]},
            {"type": "rich_text_preformatted", "elements": [text("a = 1")]},
        ),
        {
            "type": "context",
            "elements": [{"type": "plain_text", "text": "small"}, {"type": "mrkdwn", "text": "print"}],
        },
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": {"type": "plain_text", "text": "Record"}, "url": "http://x.org/r"},
                {"type": "button", "text": {"type": "plain_text", "text": "Mute"}},
            ],
        },
        {"type": "image", "image_url": "http://x.org/i.png", "alt_text": "a chart"},
        {"type": "video", "title": "?"},
    )
    assert transcript.render(message, 72) == snapshot("""\
▌ trialbell APP  Wed 18 Nov, 09:20 UTC
▌ 🔔 Heading
▌ bold it gone code link (http://x.org) 🔔
▌ ────────────────────────────────────────
▌ Phase                               Enrolment
▌ Early phase 1                       20
▌ alone
▌ plain bold🟠
▌ 1. first
▌ 2. second
▌   • nested
▌ │ quoted
▌ │ in two lines
▌   a = 1
▌ small  print
▌ [ Record ]  http://x.org/r
▌ [ Mute ]
▌ [image: a chart]
▌ [a block of type video]
""")


def test_fields_stand_one_below_the_other_where_it_is_narrow() -> None:
    fields = [{"type": "plain_text", "text": f"field {number}"} for number in range(3)]
    assert transcript.render(posted({"type": "section", "fields": fields}), 40) == snapshot("""\
▌ trialbell APP  Wed 18 Nov, 09:20 UTC
▌ field 0
▌ field 1
▌ field 2
""")


def test_without_blocks_the_text_is_the_message() -> None:
    assert transcript.render(
        posted(text="Sponsor &amp; co: &lt;5 %\nsecond line", blocks=[]), 60
    ) == snapshot(
        """\
▌ trialbell APP  Wed 18 Nov, 09:20 UTC
▌ Sponsor & co: <5 %
▌ second line
"""
    )


def test_unescaped_text_shows_what_it_would_do() -> None:
    """A mention or a link that slipped through is visible as one; escaped text is text."""
    hostile = "<!channel> <@U123> <http://evil.example|ClinicalTrials.gov> &lt;!here&gt;"
    drawn = transcript.render(posted({"type": "section", "text": {"type": "mrkdwn", "text": hostile}}), 100)
    assert "[mention: channel] [mention: U123] ClinicalTrials.gov (http://evil.example) <!here>" in drawn
    broadcast = rich(section({"type": "broadcast", "range": "here"}, {"type": "user", "user_id": "U9"}))
    assert "[mention: here][mention: U9]" in transcript.render(posted(broadcast), 100)


@pytest.mark.parametrize("place", ["header", "plain", "mrkdwn", "rich", "button", "text", "name"])
def test_nothing_steers_the_terminal(place: str) -> None:
    evil = "a\x1b[31mb\x1b]8;;http://evil\x07c\rd\x9be\u202ef\x00g\u2066h[red]i[/red]"
    element = {"type": "plain_text", "text": evil}
    messages = {
        "header": posted({"type": "header", "text": element}),
        "plain": posted({"type": "section", "text": element, "fields": [element, element]}),
        "mrkdwn": posted({"type": "section", "text": {"type": "mrkdwn", "text": evil}}),
        "rich": posted(rich(section(text(evil), {"type": "link", "url": evil, "text": evil}))),
        "button": posted({"type": "actions", "elements": [{"type": "button", "text": element, "url": evil}]}),
        "text": posted(text=evil, blocks=[]),
        "name": posted(text="x", blocks=[], username=evil),
    }
    drawn = transcript.render(messages[place], 300)
    assert not set(drawn) & set("\x1b\x07\r\x9b\u202e\x00\u2066")
    assert "[red]i[/red]" in drawn, "no markup of ours either"
    colours = io.StringIO()
    console = Console(file=colours, force_terminal=True, color_system="truecolor", width=300)
    console.print(transcript.draw(messages[place], width=300, links=True), end="")
    assert "\x1b[31m" not in colours.getvalue() and "\x9b" not in colours.getvalue()
    assert "\x07" not in colours.getvalue() and "\u202e" not in colours.getvalue()


@pytest.mark.parametrize("width", [30, 44, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    wide = posted(rich(section(text("多中心随机对照试验 " * 12), text("x" * 200))), thread_ts="1")
    for message in (alert(), alert(thread_ts="1"), wide):
        for line in transcript.render(message, width).splitlines():
            assert cell_len(line) <= width, line


def test_colour_is_used_on_a_terminal_and_nothing_is_lost_without() -> None:
    def drawn(**settings: Any) -> str:
        out = io.StringIO()
        Console(file=out, width=80, **settings).print(transcript.draw(alert(), width=80), end="")
        return out.getvalue()

    assert "\x1b[1m🔴 Critical · Recruiting → Suspended" in drawn(
        force_terminal=True, color_system="truecolor"
    )
    assert drawn() == transcript.render(alert(), 80)
