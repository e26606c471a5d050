"""A message as plain text: read at a glance, inert whatever a record holds, and never longer than there is room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from notifiers.message import Item, Level, Link, Message
from notifiers.plain import inert, plain_text, plain_title
from notifiers.text import REPEAT, cut

RECORD = "https://clinicaltrials.gov/study/NCT07146087"
JOINER = "\u2060"


def message(count: int = 2, **more: object) -> Message:
    status = Item(
        level=Level.CRITICAL,
        label="Recruitment status",
        summary="Recruiting → Suspended",
        reason="recruitment stopped early",
        before="Recruiting",
        after="Suspended",
    )
    why = Item(level=Level.CRITICAL, label="Why stopped", summary="given", after="Supply ran out")
    given = {
        "id": "e1",
        "level": Level.CRITICAL,
        "headline": "NCT07146087: Recruiting → Suspended",
        "title": "NCT07146087 · MSC-derived exosomes in progressive MS",
        "subtitle": "Biocells Medical · Early phase 1 · Suspended",
        "items": (status, why)[:count] + (why,) * (count - 2),
        "facts": (("Posted by the registry", "2026-11-23"), ("Seen by us", "2026-11-23 09:12 UTC")),
        "links": (Link(text="Record on ClinicalTrials.gov", url=RECORD),),
        "footer": "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
    }
    return Message(**given | more)


def test_how_it_reads() -> None:
    assert plain_title(message()) == "🔴 NCT07146087: Recruiting → Suspended"
    assert plain_text(message()) == snapshot("""\
Critical
NCT07146087 · MSC-derived exosomes in progressive MS
Biocells Medical · Early phase 1 · Suspended

• Recruitment status: Recruiting → Suspended
  Why: recruitment stopped early
• Why stopped: given
  After: Supply ran out

Posted by the registry: 2026-11-23
Seen by us: 2026-11-23 09:12 UTC

Record on ClinicalTrials.gov: https://clinicaltrials.gov/study/NCT07146087

ClinicalTrials.gov, build of 2026-11-23; not affiliated\
""")


def test_with_little_room_it_says_whom_how_many_and_where() -> None:
    text = plain_text(message(40), room=420)
    assert text == snapshot("""\
Critical
NCT07146087 · MSC-derived exosomes in progressive MS
Biocells Medical · Early phase 1 · Suspended

• Recruitment status: Recruiting → Suspended
• Why stopped: given
• Why stopped: given
and 37 more

Posted by the registry: 2026-11-23
Seen by us: 2026-11-23 09:12 UTC

Record on ClinicalTrials.gov: https://clinicaltrials.gov/study/NCT07146087

ClinicalTrials.gov, build of 2026-11-23; not affiliated\
""")
    assert plain_text(message(40), room=200).endswith(f"40 in all\n\nRecord on ClinicalTrials.gov: {RECORD}")
    assert plain_text(message(40), room=40) == "Critical\nNCT07146087 · MSC-derived…"


def test_a_possible_repeat_says_so_first() -> None:
    assert plain_text(message(), possible_repeat=True).startswith(f"{REPEAT}\nCritical\n")


def test_a_summarys_trials_have_their_links_and_no_other_scheme_is_one() -> None:
    item = Item(level=Level.MINOR, label="NCT1", summary="x", link=Link(text="r", url=RECORD))
    bad = Link(text="x", url="javascript:alert(1)")
    text = plain_text(message(items=(item,), links=(bad,)))
    assert f"• 🟡 Minor · NCT1: x\n  {RECORD}\n" in text and "javascript" not in text


def test_what_stands_behind_a_trial_is_told_where_there_is_room() -> None:
    status, why = message().items
    trial = Item(
        level=Level.CRITICAL,
        label="NCT07146087 · Exosomes",
        summary="Recruiting → Suspended",
        link=Link(text="NCT07146087", url=RECORD),
        details=(status, why, Item(level=Level.MINOR, label="Sites", summary="")),
    )
    told = plain_text(message(items=(trial,)))
    assert told.split("\n\n")[1] == snapshot("""\
• 🔴 Critical · NCT07146087 · Exosomes: Recruiting → Suspended
  – Recruitment status
    Why: recruitment stopped early
  – Why stopped: given
    After: Supply ran out
  https://clinicaltrials.gov/study/NCT07146087\
""")
    assert plain_text(message(items=(trial,)), room=len(told) - 1) == told.replace(
        "    After: Supply ran out\n", ""
    )
    assert "–" not in plain_text(message(items=(trial,)), room=400)


HOSTILE = (
    "@everyone <@U123> <!channel> <at>Bob</at> me@example.org http://evil.example www.evil.example evil.example"
    " [click](http://evil.example) [x][1] [1]: http://evil.example /start <script>x</script>"
    " \u202egnp.exe \u2066x\u2069 \x1b[31m \x00 \ud800 a\nb\r\nc\u2028d"
)


def test_hostile_words_are_inert() -> None:
    text = inert(HOSTILE)
    for live in ("@everyone", "<@", "<!", "<at>", "@example", "://", "evil.", "](", "][", "]:", " /s", "<s"):
        assert live not in text, live
    assert text.isprintable() or text.replace(JOINER, "").isprintable()
    assert inert("p < 0.05, 5 mg/kg, 18 years (e.g. adults) and/or 3.5") == (
        "p < 0.05, 5 mg/kg, 18 years (e.g. adults) and/or 3.5"
    )


def test_hostile_words_are_inert_wherever_they_stand() -> None:
    item = Item(
        level=Level.MAJOR, label=HOSTILE, summary=HOSTILE, reason=HOSTILE, before=HOSTILE, after=HOSTILE
    )
    item = Item(level=Level.MAJOR, label=HOSTILE, summary="x", details=(item,))
    whole = message(
        headline=HOSTILE,
        title=HOSTILE,
        subtitle=HOSTILE,
        items=(item,),
        facts=((HOSTILE, HOSTILE),),
        links=(),
    )
    text = plain_title(whole) + plain_text(whole)
    assert text.count("everyone") >= 7
    for live in ("@everyone", "<@", "<!", "<at>", "://", "evil.", "](", "\x1b", "\u202e", "\x00"):
        assert live not in text, live


@given(
    st.text(max_size=300), st.lists(st.text(max_size=400), max_size=12), st.integers(0, 3000), st.booleans()
)
def test_it_never_takes_more_than_its_room(title: str, summaries: list[str], room: int, costly: bool) -> None:
    def weigh(text: str) -> int:
        return len(text) + (5 * text.count(" ") if costly else 0)

    items = tuple(Item(level=Level.MINOR, label="f", summary=one, reason=one, after=one) for one in summaries)
    whole = message(title=title, headline=title, items=items)
    assert weigh(plain_text(whole, room=room, weigh=weigh, possible_repeat=True)) <= room
    assert weigh(plain_title(whole, room=room, weigh=weigh)) <= room


def test_what_is_cut_ends_at_a_word() -> None:
    assert cut("recruitment stopped early", 20) == "recruitment stopped…"
    assert cut("x" * 50, 10) == "x" * 9 + "…"
    assert cut("ab", 2) == "ab" and cut("abc", 0) == ""
