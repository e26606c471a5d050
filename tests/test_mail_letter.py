"""What a letter looks like, how letters find their thread, and that no text of a record is more than text."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from doubles.mail_room import ALERT, NOW, TEAM, body, read, unfolded, written
from inline_snapshot import snapshot
from msgspec.structs import replace

from notifiers.mail.addresses import Address, address_of
from notifiers.mail.body import MOST, html_of, text_of
from notifiers.mail.letter import letter_bytes
from notifiers.message import Item, Level, Link, Message


def test_the_headers_of_an_alert() -> None:
    raw = letter_bytes(written()).decode("ascii").replace("\r\n", "\n")
    assert raw.partition("\n\n")[0] == snapshot("""\
From: "Critical: trialbell" <alerts@example.org>
To: team@example.org
Subject: =?utf-8?b?TkNUMDcxNDYwODcgwrcgTVNDLWRlcml2ZWQgZXhvc29tZXMgaW4g?=
 =?utf-8?b?cHJvZ3Jlc3NpdmUgTVM=?=
Date: Tue, 24 Nov 2026 12:00:00 +0000
Message-ID: <6f1c2a@example.org>
List-Id: <team.trialbell.example.org>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: OOF, AutoReply
Importance: high
X-Trialbell-Severity: critical
X-Trialbell-Message: 6f1c2a
X-Trialbell-Event: ctgov:NCT07146087:changed:3-4
X-Trialbell-Thread: ctgov:NCT07146087
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="=_0648339571185ad4303010122537745a761cc9f3"\
""")


def test_the_text_of_an_alert() -> None:
    assert body(written(), "plain") == snapshot("""\
🔴 Critical: Recruiting → Suspended: funding <lost> & regained

NCT07146087 · MSC-derived exosomes in progressive MS
Biocells Medical · Early phase 1 · Suspended

🔴 Critical · Recruitment status
Why: recruitment stopped early

🟡 Minor · Brief summary: 4 words changed of 36
Why: the trial is described anew
Before:
| Exosomes from mesenchymal stem cells are given by vein every fourth \n\
week.
|
| Safety comes first.
After: Exosomes are given once.

Submitted by the sponsor: 2026-11-20
Seen by us: 2026-11-23 09:12 UTC

Record on ClinicalTrials\u2060.gov:
https://clinicaltrials.gov/study/NCT07146087

-- \n\
ClinicalTrials\u2060.gov, build of 2026-11-23; not affiliated
""")


def bare(html: str) -> str:
    """The body of a page without its looks."""
    html = html.replace("https://clinicaltrials.gov/study/", "…/")
    return re.sub(r' (style|dir|scope)="[^"]*"', "", html).split("<body>")[1]


def test_the_html_of_an_alert() -> None:
    assert bare(body(written(), "html")) == snapshot("""\

<div>Recruiting → Suspended: funding &lt;lost&gt; &amp; regained</div>
<div>
<p>🔴 Critical</p>
<h1>Recruiting → Suspended: funding &lt;lost&gt; &amp; regained</h1>
<p><strong>NCT07146087 · MSC-derived exosomes in progressive MS</strong><br>
Biocells Medical · Early phase 1 · Suspended</p>
<div>🔴 Critical · <strong>Recruitment status</strong><br>
<em>recruitment stopped early</em></div>
<div>🟡 Minor · <strong>Brief summary</strong><br>
4 words changed of 36<br>
<em>the trial is described anew</em><br>
<strong>Before:</strong> Exosomes from mesenchymal stem cells are given by vein every fourth week.<br>
<br>
Safety comes first.<br>
<strong>After:</strong> Exosomes are given once.</div>
<table>
<tr><th>Submitted by the sponsor</th><td>2026-11-20</td></tr>
<tr><th>Seen by us</th><td>2026-11-23 09:12 UTC</td></tr>
</table>
<p><a href="…/NCT07146087">Record on ClinicalTrials\u2060.gov</a></p>
<p>ClinicalTrials\u2060.gov, build of 2026-11-23; not affiliated</p>
</div></body></html>
""")


def test_the_page_asks_nothing_of_anybody_and_leaves_its_colours_to_the_reader() -> None:
    html = body(written(), "html")
    assert '<meta name="color-scheme" content="light dark">' in html.split("<body")[0]
    assert re.findall(r"src=|background|url[(]|@import|<link|<style|<script|<img", html) == []
    assert set(re.findall(r"#[0-9a-f]{6}", html)) == {"#d93025", "#c9a400"}  # the bars
    assert re.findall(r'https?://[^"]+', html) == ["https://clinicaltrials.gov/study/NCT07146087"]


SUMMARY = Message(
    id="s1",
    level=Level.MAJOR,
    headline="7 trials changed, 1 of them critically",
    items=(
        Item(
            level=Level.CRITICAL,
            label="NCT07146087 · MSC-derived exosomes in progressive MS",
            summary="Recruiting → Suspended",
            link=Link(text="Record", url="https://clinicaltrials.gov/study/NCT07146087"),
            details=(
                Item(
                    level=Level.CRITICAL,
                    label="Recruitment status",
                    summary="Recruiting → Suspended",
                    reason="recruitment stopped early",
                ),
                Item(
                    level=Level.MINOR,
                    label="Brief summary",
                    summary="",
                    before="In two\nlines",
                    after="In one",
                ),
                Item(level=Level.MINOR, label="Sites", summary=""),
            ),
        ),
        Item(
            level=Level.MINOR,
            label="NCT01730547 · Mesenchymal stem cells",
            summary="Primary completion 2026-10 → 2027-03",
            link=Link(text="Record", url="https://clinicaltrials.gov/study/NCT01730547"),
        ),
    ),
    footer="ClinicalTrials.gov, build of 2026-11-23; not affiliated",
)


def test_a_summary() -> None:
    assert read(written(SUMMARY))["Subject"] == SUMMARY.headline
    assert body(written(SUMMARY), "plain") == snapshot("""\
🟠 Major: 7 trials changed, 1 of them critically

🔴 Critical · NCT07146087 · MSC-derived exosomes in progressive MS
Recruiting → Suspended
• Recruitment status
Why: recruitment stopped early
• Brief summary
Before:
| In two
| lines
After: In one
https://clinicaltrials.gov/study/NCT07146087

🟡 Minor · NCT01730547 · Mesenchymal stem cells
Primary completion 2026-10 → 2027-03
https://clinicaltrials.gov/study/NCT01730547

-- \n\
ClinicalTrials\u2060.gov, build of 2026-11-23; not affiliated
""")
    assert bare(html_of(SUMMARY, NOW)) == snapshot("""\

<div>7 trials changed, 1 of them critically</div>
<div>
<p>🟠 Major</p>
<h1>7 trials changed, 1 of them critically</h1>
<table>
<tr><td>🔴 Critical</td><td><a href="…/NCT07146087">NCT07146087 · MSC-derived exosomes in progressive MS</a><br>
Recruiting → Suspended<div><strong>Recruitment status</strong><br>
<em>recruitment stopped early</em></div><div><strong>Brief summary</strong><br>
<strong>Before:</strong> In two<br>
lines<br>
<strong>After:</strong> In one</div></td></tr>
<tr><td>🟡 Minor</td><td><a href="…/NCT01730547">NCT01730547 · Mesenchymal stem cells</a><br>
Primary completion 2026-10 → 2027-03</td></tr>
</table>
<p>ClinicalTrials\u2060.gov, build of 2026-11-23; not affiliated</p>
</div></body></html>
""")


def test_a_notice_is_no_ones_thread_and_marks_no_line() -> None:
    notice = Message(
        id="n1",
        level=Level.NOTICE,
        headline="`team` is paused",
        items=(Item(level=Level.NOTICE, label="What to do", summary="Set the password anew"),),
    )
    letter = written(notice)
    assert body(letter, "plain") == snapshot("""\
🔧 Operator: `team` is paused

What to do: Set the password anew
""")
    assert read(letter)["Subject"] == "`team` is paused"
    assert "Operator: trialbell" in read(letter)["From"]


def test_the_same_bytes_on_every_try() -> None:
    later = replace(NOW, now=datetime(2026, 11, 26, tzinfo=UTC))
    assert letter_bytes(written(placement=later)) == letter_bytes(written())


def test_a_possible_repeat_says_so_and_is_the_same_letter() -> None:
    repeat = written(placement=replace(NOW, possible_repeat=True))
    assert repeat.email["Message-ID"] == written().email["Message-ID"]
    assert read(repeat)["X-Trialbell-Possible-Repeat"] == "yes"
    for kind in ("plain", "html"):
        assert "Possible repeat" in body(repeat, kind) and "Possible repeat" not in body(written(), kind)


def test_a_plain_letter_is_text_alone() -> None:
    letter = read(written(placement=replace(NOW, plain=True)))
    assert letter.get_content_type() == "text/plain"
    assert letter["Message-ID"] == written().email["Message-ID"]


def test_letters_of_a_trial_are_one_thread() -> None:
    first = written()
    second = written(
        replace(ALERT, id="b", title="NCT07146087 · Renamed"), replace(NOW, reply_to=first.remote)
    )
    third = written(replace(ALERT, id="c"), replace(NOW, reply_to=first.remote))
    opening = str(first.email["Message-ID"])
    assert first.email["In-Reply-To"] is None and first.email["References"] is None
    for letter in (second, third):
        parsed = read(letter)
        assert (parsed["In-Reply-To"], parsed["References"]) == (opening, opening)
        assert parsed["Subject"] == read(first)["Subject"]  # or Gmail would begin another
        assert letter.remote["root"] == opening


def test_a_stale_thread_goes_on_under_its_first_letter() -> None:
    first = written()
    second = written(replace(ALERT, id="b"), replace(NOW, reply_to=first.remote))
    renamed = replace(ALERT, id="c", title="NCT07146087 · Renamed")
    third = written(renamed, replace(NOW, previous=second.remote))
    fourth = written(replace(ALERT, id="d"), replace(NOW, reply_to=third.remote))
    ids = [str(one.email["Message-ID"]) for one in (first, second, third)]
    assert read(third)["References"] == f"{ids[0]} {ids[1]}" and read(third)["In-Reply-To"] == ids[1]
    assert read(fourth)["References"] == f"{ids[0]} {ids[2]}"
    assert read(third)["Subject"] == read(fourth)["Subject"] == "NCT07146087 · Renamed"


def test_a_thread_that_stands_in_another_channel_is_none() -> None:
    """The notifier of this name was Slack's before."""
    letter = written(placement=replace(NOW, reply_to={"ts": "1.2", "channel": "C1"}))
    assert letter.email["References"] is None


def test_ids_longer_than_a_line_stay_ids() -> None:
    domain = ".".join(["a" * 60] * 4)[:240]
    sender = Address(name="", local="alerts", domain=domain)
    first = written(sender=sender)
    second = written(
        replace(ALERT, id="é" * 500, thread="x" * 900), replace(NOW, reply_to=first.remote), sender=sender
    )
    parsed = read(second)
    assert parsed["References"] == first.remote["message_id"] and len(parsed["References"]) > 200
    assert (
        letter_bytes(second).count(first.remote["message_id"].encode()) == 2
    )  # as it is, not as encoded words
    assert parsed["Message-ID"].isascii() and parsed["Message-ID"].endswith(f"@{domain}>")
    assert parsed["X-Trialbell-Thread"].startswith("sha256:")
    assert max(map(len, letter_bytes(second).split(b"\r\n"))) <= 998  # RFC 5322, 2.1.1


@pytest.mark.parametrize(
    ("notifier", "list_id"),
    [("Trial alerts / EU", "trial-alerts-eu"), ("研究", "c2c7d4b2a6b7"), ("team", "team")],
)
def test_the_list_is_named_after_the_notifier(notifier: str, list_id: str) -> None:
    value = str(written(notifier=notifier).email["List-Id"])
    assert value.endswith(".trialbell.example.org>")
    assert re.fullmatch(r"<[a-z0-9-]+\.trialbell\.example\.org>", value)
    if notifier.isascii():
        assert value == f"<{list_id}.trialbell.example.org>"


def test_a_list_id_and_reply_to_of_ones_own() -> None:
    letter = read(written(list_id="trials.example.org", reply_to=address_of("Ward 4 <ward@example.org>")))
    assert letter["List-Id"] == "<trials.example.org>" and letter["Reply-To"] == "Ward 4 <ward@example.org>"


def test_hidden_recipients_are_named_nowhere() -> None:
    letter = written(recipients=())
    assert read(letter)["To"] == "undisclosed-recipients:;"
    assert TEAM.encode() not in letter_bytes(letter)


def test_a_long_text_is_whole() -> None:
    text = "\n".join(f"Criterion {number}: is given as it stands, all of it" for number in range(1, 700))
    message = replace(ALERT, items=(replace(ALERT.items[1], before=text, after=f"{text}\none more"),))
    plain, html = (body(written(message), kind) for kind in ("plain", "html"))
    assert "Criterion 699: is" in html and html.count("Criterion 350:") == 2
    assert unfolded(plain).count("| Criterion 350: is given as it stands, all of it\n") == 2
    assert "Shortened" not in plain


def test_of_a_long_summary_the_trials_are_told_and_what_stands_behind_them_goes_first() -> None:
    details = (replace(ALERT.items[1], before="é" * 400, after="changed"),) * 30
    message = replace(SUMMARY, items=(replace(SUMMARY.items[0], details=details),) * 200)
    for render in (text_of, html_of):
        made = render(message, NOW)
        assert len(made.encode()) <= MOST
        assert made.count("NCT07146087 · MSC-derived") == 200
        assert "What changed in each trial is not here" in made and "Brief summary" not in made


@pytest.mark.parametrize("items", [1, 40, 1_000])
def test_what_is_too_long_for_a_letter_is_shortened_and_that_is_said(items: int) -> None:
    item = replace(ALERT.items[1], before="é & < " * 30_000, after="changed")
    message = replace(ALERT, items=(item,) * items)
    for render in (text_of, html_of):
        made = render(message, NOW)
        assert len(made.encode()) <= MOST
        assert "Shortened:" in made and "[…]" in made
        assert "Seen by us" in made and "not affiliated" in made
        told = made.count("4 words changed")
        assert told == items or f"… and {items - told:,} more".replace(",", "") in made
        assert told >= min(items, 40)
